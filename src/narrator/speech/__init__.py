"""Speech: engines that speak sentences, and the clips they give, which the cache keeps."""

import os

# From 1.29 on onnxruntime writes a device id and events below the user's cache and looks up its maker's hosts, unless
# this is set before it is imported. Everything here that imports it, other packages' engines included, comes later.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
