import Testing

@Suite struct IdentityCorePlaceholder {}
