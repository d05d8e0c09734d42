"""Published vintages as pages and as an API. It reads storage; what it may start is handed to it (`actions`)."""
