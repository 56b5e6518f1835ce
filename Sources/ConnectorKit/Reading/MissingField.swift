package import IdentityCore

extension SourceIssue {
  /// A field that a vendor always shows and did not: what hangs on it is unknown, and the model knows it as unknown.
  ///
  /// - Parameter what: which field of what: `the status of an account`.
  package static func missing(_ what: String, vendor: String, call: String) -> SourceIssue {
    SourceIssue(
      code: "missing-field", call: call, status: 200, message: "\(vendor) did not show \(what).",
      remedy: "Try again; if it stays, report it with the call.", affects: .parts)
  }
  /// An account without the name that members are found by: whoever is not found may have it.
  ///
  /// - Parameters:
  ///   - what: which name of what: `the address of an account`.
  ///   - affects: what it makes uncertain beside that; where a vendor lets people be without one, nothing.
  package static func nameless(
    _ what: String, vendor: String, call: String, affects: Affects = .parts
  ) -> SourceIssue {
    var issue = missing(what, vendor: vendor, call: call)
    issue.code = namelessAccount
    issue.affects = affects
    return issue
  }
}
