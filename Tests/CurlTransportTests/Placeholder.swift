import Testing

@Suite struct CurlTransportPlaceholder {}
