/// What the code of a Rule may make of MFA, as far as reading it tells; pure.
///
/// Whatever reaches the `context` object in another way than by a known member may do anything.
/// - SeeAlso: <https://auth0.com/docs/customize/rules/context-object>
enum Auth0RuleCode {
  /// The members of `context` that are read or set without any say in factors.
  private static let harmless: Set<String> = [
    "accessToken", "authentication", "authorization", "clientID", "clientMetadata", "clientName",
    "connection", "connectionID", "connectionMetadata", "connectionOptions", "connectionStrategy",
    "idToken", "jwtConfiguration", "organization", "original_protocol", "protocol", "redirect",
    "request", "riskAssessment", "samlConfiguration", "sessionID", "sso", "stats", "tenant",
  ]

  /// Whether it may decide about factors.
  static func mayDecide(_ script: String) -> Bool {
    guard let code = Auth0Script.withoutComments(script),
      !(Auth0Code.detours + ["multifactor", "this"]).contains(where: code.contains)
    else { return true }
    let handler =
      #/(?:function\s*\w*\s*)?\(\s*\w+\s*,\s*(\w+)\s*,\s*(\w+)\s*\)\s*(?:=>)?\s*\{/#
    let handlers = code.matches(of: handler)
    guard let first = handlers.first, handlers.count == 1 else { return true }
    let (context, callback) = (String(first.output.1), String(first.output.2))
    var rest = code
    rest.removeSubrange(first.range)
    guard let word = try? Regex("\\b\(context)\\b").wordBoundaryKind(.simple),
      // What the end of every Rule hands back.
      let end = try? Regex("\\b\(callback)\\s*\\(\\s*\\w+\\s*,\\s*\\w+\\s*,\\s*\(context)\\s*\\)")
        .wordBoundaryKind(.simple)
    else { return true }
    for match in rest.matches(of: end).reversed() { rest.removeSubrange(match.range) }
    return rest.matches(of: word).contains { match in
      if Auth0Code.isMember(rest[..<match.range.lowerBound]) { return false }
      guard let use = rest[match.range.upperBound...].prefixMatch(of: #/\s*\??\.\s*(\w+)/#) else {
        return true
      }
      return !harmless.contains(String(use.output.1))
    }
  }
}
