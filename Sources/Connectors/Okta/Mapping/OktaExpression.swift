/// What an expression of the Okta Expression Language reads, as far as its words tell.
enum OktaExpression {
  /// The words that stand between things read.
  private static let operators: Set<String> = [
    "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in", "matches", "instanceof", "true",
    "false", "null", "div", "mod",
  ]
  /// What only a sign-in has.
  private static let runtime: Set<String> = ["device", "security", "session"]

  /// Whether it reads the device, the risk and the session only, so that it may hold or not from sign-in to sign-in.
  ///
  /// Anything else (`user.`, functions, names we do not know) depends on more than we read.
  static func readsOnlySignIn(_ text: String) -> Bool {
    guard let roots = roots(text), !roots.isEmpty else { return false }
    return roots.allSatisfy { runtime.contains($0) }
  }

  /// The names that paths begin with, outside of texts; nil when a text does not end.
  static func roots(_ text: String) -> Set<String>? {
    var result: Set<String> = []
    var scalars = Array(text.unicodeScalars)[...]
    var isMember = false
    while let scalar = scalars.first {
      switch scalar {
      case "'", "\"":
        scalars = scalars.dropFirst()
        guard let end = scalars.firstIndex(of: scalar) else { return nil }
        scalars = scalars[(end + 1)...]
        isMember = false
      case "." where scalars.count > 1:
        scalars = scalars.dropFirst()
        isMember = true
      case _ where isNamePart(scalar):
        let name = String(String.UnicodeScalarView(scalars.prefix(while: isNamePart)))
        scalars = scalars.drop(while: isNamePart)
        let isNumber = name.unicodeScalars.first.map { ("0"..."9").contains($0) } ?? false
        if !isMember, !isNumber, !operators.contains(name.lowercased()) { result.insert(name) }
        isMember = false
      case " ", "\t", "\n", "\r", "?":
        // A path may go on after white space and after the question mark of `?.`.
        scalars = scalars.dropFirst()
      default:
        scalars = scalars.dropFirst()
        isMember = false
      }
    }
    return result
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "$" || ("0"..."9").contains(scalar)
      || scalar.properties.isAlphabetic
  }
}
