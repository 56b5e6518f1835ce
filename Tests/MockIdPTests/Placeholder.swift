import Testing

@Suite struct MockIdPPlaceholder {}
