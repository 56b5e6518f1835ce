import Testing

@Suite struct ConnectorsPlaceholder {}
