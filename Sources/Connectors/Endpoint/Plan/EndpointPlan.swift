internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Everything the configuration says about an endpoint.
struct EndpointPlan: Sendable {
  /// A second list whose rows belong to those of the first.
  struct Join: Sendable {
    var list: ListPlan
    /// The key of a row of the second list.
    var key: FieldPlan
    /// What refers to it in a row of the first.
    var reference: FieldPlan
    /// Whether a key that the second list does not have says no, and not that nobody knows.
    var absentIsNo = false
  }

  /// A request about one person.
  struct Detail: Sendable {
    var request: RequestPlan
    var errorPath: JSONQuery?
    /// How many at most.
    var cap = 500
    /// Where it is asked for, if at another host; set when the address is known.
    var url: String?
  }

  var name: SourceName
  var url: String
  var list: ListPlan
  var fields: FieldMap
  var verdicts: VerdictPlan?
  var join: Join?
  var detail: Detail?
  var variables: [String: String] = [:]
  var maxConcurrent = 4
  var rateShare = 0.5
  var rateHeaders = RateHeaders.ietf
  var maxPages = 10_000
  var maxItems: Int?
  /// What the operator vouches for; set when the source is made.
  var vouches: [Vouch] = []

  /// Whether a row says how people sign in.
  var saysSignIn: Bool { fields.has(.federated) }
}
