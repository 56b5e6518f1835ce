extension URLReference {
  init?(_ text: String, directory: String) {
    if let url = ScalarText.url(text) {
      self = .plain(url)
    } else if let reference = SecretReference(text, directory: directory) {
      self = .secret(reference)
    } else {
      return nil
    }
  }
}

extension YAMLSection {
  /// A reference to a secret; a literal is refused and never repeated.
  func secret(_ key: String, _ directory: String) -> SecretReference? {
    value(
      key, "env:NAME, file:PATH or command:…; a secret never stands in the file itself",
      show: { _ in nil }
    ) {
      SecretReference($0, directory: directory)
    }
  }

  func requiredSecret(_ key: String, _ directory: String) -> SecretReference? {
    if !keys.contains(key) { _ = require(key) }
    return secret(key, directory)
  }
}
