internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// A field that Okta is known to show and did not: what hangs on it is unknown.
struct OktaMissing: Sendable, Hashable {
  /// The call, as method and path template.
  var call: String
  /// Which field of what: `conditions of rule 'Office' of policy 'Strict'`.
  var what: String
  /// Whether members are found by it.
  var isName = false

  /// The issue of the source: the models know the field as unknown.
  var issue: SourceIssue {
    isName
      ? .nameless(what, vendor: "Okta", call: call) : .missing(what, vendor: "Okta", call: call)
  }
}

extension ListShape {
  /// A list as Okta gives it: the next page's URL stands in a `Link` header.
  static let okta = ListShape(.link)
}

/// What the loss of a call may doubt.
///
/// | call | what its loss may doubt |
/// |---|---|
/// | `/.well-known/okta-organization` | everything: which engine decides |
/// | `/users` | everything: who has an account |
/// | `/users` of deprovisioned people | people without another account: whether they left |
/// | `/users/{id}` | the person known by the application's name only |
/// | `/apps/{id}`, `/apps/{id}/users` | the application, and people known by its names only |
/// | `/policies/{id}`, its rules and mappings | the applications that it is linked to |
/// | `/policies` (session) | verdicts that the application's own policy does not decide |
/// | `/policies` (passwords) | people whom Okta asks for two factors: a reset may be a way around |
/// | `/zones` | rules that name zones |
/// | `/groups/{id}` | names |
/// | `/groups/{id}/users` | rules, and exemptions, that name the group |
/// | `/idps`, `/idps/{id}/users` | people whom Okta asks for two factors: another provider's word may count |
/// | `/users/{id}/factors` | enrolment |
extension OktaRun {
  /// Tells of a field that was not shown, once.
  func tell(_ missing: OktaMissing) { reading.log.add(missing.issue) }

  /// Tells of a row that a list named again with the same facts, because it moved over a border of pages meanwhile.
  func tellRepeated(_ call: String) {
    reading.log.add(
      SourceIssue(
        code: ConnectorError.Code.duplicateIDs.rawValue, call: call, status: 200,
        message: "Okta named a row twice in \(call), with the same facts; it counts once.",
        remedy: "Nothing is to be done: the list moved while it was read.", affects: .details))
  }
}
