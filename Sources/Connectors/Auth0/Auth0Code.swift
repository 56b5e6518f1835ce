/// What the code of a post-login Action may make of MFA, as far as reading it tells; pure.
///
/// Whatever reaches the `api` object in another way than by a known member may do anything.
/// - SeeAlso: <https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/post-login-api-object>
struct Auth0Code: Sendable {
  /// Whether it may switch MFA off.
  let maySwitchOff: Bool

  /// The members of `api` that have nothing to do with factors.
  private static let harmless: Set<String> = [
    "access", "accessToken", "cache", "idToken", "redirect", "refreshToken", "samlResponse",
    "session", "user", "validation",
  ]
  /// The calls that ask for a factor.
  private static let asking: Set<String> = [
    "challengeWith", "challengeWithAny", "enrollWith", "enrollWithAny",
  ]
  /// What reaches things by other names than their own.
  static let detours = ["eval(", "Function(", "arguments", "\\u", "\\x", "module.exports"]

  init(_ text: String) {
    maySwitchOff = Auth0Script.withoutComments(text).map { !Self.isPlain($0) } ?? true
  }

  private static func isPlain(_ code: String) -> Bool {
    guard !detours.contains(where: code.contains) else { return false }
    let handler =
      #/exports\.on(?:Execute|Continue)PostLogin\s*=\s*(?:async\s*)?(?:function\s*\w*\s*)?\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)/#
    let handlers = code.matches(of: handler)
    guard code.matches(of: #/\bexports\b/#.wordBoundaryKind(.simple)).count == handlers.count else {
      return false
    }
    var rest = code
    for match in handlers.reversed() { rest.removeSubrange(match.range) }
    let names = Set(handlers.compactMap { $0.output.2.map(String.init) })
    for name in names {
      guard let word = try? Regex("\\b\(name)\\b").wordBoundaryKind(.simple) else { return false }
      for match in rest.matches(of: word) {
        // A property of something else that has the same name.
        if isMember(rest[..<match.range.lowerBound]) { continue }
        guard isKnown(rest[match.range.upperBound...]) else { return false }
      }
    }
    // Of anything else that has a member of that name nobody knows what it is.
    let calls = rest.matches(
      of: #/\b(\w+)\s*\.\s*multifactor\b/#.wordBoundaryKind(.simple))
    return rest.matches(of: #/multifactor/#).count == calls.count
      && calls.allSatisfy { names.contains(String($0.output.1)) }
  }

  /// Whether what follows the name of the `api` object is a known use of it.
  private static func isKnown(_ rest: Substring) -> Bool {
    guard let use = rest.prefixMatch(of: #/\s*\.\s*(\w+)/#) else { return false }
    let member = String(use.output.1)
    if harmless.contains(member) { return true }
    let after = rest[use.range.upperBound...]
    if member == "authentication" {
      return after.prefixMatch(of: #/\s*\.\s*(\w+)/#).map { asking.contains(String($0.output.1)) }
        ?? false
    }
    guard member == "multifactor",
      let call = after.prefixMatch(of: #/\s*\.\s*enable\s*\(\s*(['"`])([\w-]+)\1\s*[,)]/#)
    else { return false }
    // That a literal "none" switches off is told apart, for it is certain.
    return !call.output.2.isEmpty
  }

  /// Whether what stands before a name makes it a member of something else; a spread (`...api`) does not.
  static func isMember(_ before: Substring) -> Bool {
    before.last == "." && !before.hasSuffix("...")
  }
}
