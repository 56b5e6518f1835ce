enum ConnectorsPlaceholder {}
