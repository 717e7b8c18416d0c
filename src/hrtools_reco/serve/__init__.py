"""For applications and assistants: the library over HTTP, and as tools of a Model Context Protocol client."""

from hrtools_reco.serve.http_app import create_app
from hrtools_reco.serve.mcp_tools import create_mcp
from hrtools_reco.serve.models import profile_model

__all__ = ["create_app", "create_mcp", "profile_model"]
