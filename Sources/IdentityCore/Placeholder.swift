enum IdentityCorePlaceholder {}
