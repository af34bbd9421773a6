"""Speech: engines that speak sentences, and the clips that they return, which are cached."""

import os

# From 1.29 on, onnxruntime writes a device id and events into the user's cache folder and looks up its vendor's hosts,
# unless this is set before it is imported. Everything that imports it, even in other packages, comes later.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
