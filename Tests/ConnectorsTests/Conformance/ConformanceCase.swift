import IdentityCore
import MockIdP
import Testing

/// A connector as the shared suite drives it.
///
/// Every connector passes ``ConformanceTests``. To add one, write one file beside this, `AcmeConformance.swift`:
///
/// ```swift
/// extension ConformanceCase {
///   static let acme = ConformanceCase(
///     "Acme", vendor: .acme,
///     small: …, paged: …, empty: …,                    // three scenarios of the mock
///     endpoints: [                                     // every call it makes for `small`, as the mock names it
///       Endpoint("GET /v1/users", .list, required: ["id", "status"], optional: ["email"]),
///       Endpoint("GET /v1/policies/{policy}", required: ["id"]),
///       Endpoint("GET /v1/groups/{group}", loses: .details),
///     ],
///     capabilities: [.pagedByLink, .renewsCredential]
///   ) { bench in
///     await ConformanceReading(
///       of: AcmeConnector(…bench.mock[.acme]…), app: "app-1", people: ["ana.lima@acme.com"])
///   }
/// }
/// ```
///
/// and add it to ``all``. A roster gives `ConformanceReading(of: connector, team: "acme-widgets")` instead. The
/// small scenario is to hold people of as many verdicts as the connector can give, at least one `enforced` and one
/// `not-enforced` (or other `verdicts`, where a provider has one policy for all), so that a failure which improves
/// somebody is seen. In the paged scenario the endpoints marked
/// `.list` have at least three pages. What a failure of a call may cost is said per endpoint; when in doubt leave
/// the default, which is the strictest.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  /// One call that the connector makes.
  struct Endpoint: Sendable, CustomTestStringConvertible {
    enum Shape: Sendable {
      /// A document, or a list that never has a second page in the scenarios.
      case single
      /// A list of several pages in the paged scenario.
      case list
    }

    /// What is lost with this call.
    enum Loss: Sendable {
      /// The source counts as incomplete.
      case verdicts
      /// The source says so, and some verdicts become weaker.
      case certainty
      /// The source says so; no verdict changes.
      case details
    }

    var template: String
    var shape: Shape
    var loss: Loss
    /// What is lost when the vendor refuses the call with 403.
    var lossWhenRefused: Loss
    /// Whether 404 is an answer, and complete: there is no such thing.
    var answersAbsence: Bool
    /// Fields of a row, with dots, that must be there: null, missing or of another type is damage.
    var required: [String]
    /// Fields that may be null or missing, but of no other type.
    var optional: [String]
    /// Whether the same row twice is damage; false where rows have no identity.
    var hasUniqueRows: Bool
    /// Whether the reply is a number alone, half of which is a number as well.
    var isNumber: Bool

    init(
      _ template: String, _ shape: Shape = .single, loses loss: Loss = .verdicts,
      whenRefused: Loss? = nil, answersAbsence: Bool = false, required: [String] = [],
      optional: [String] = [],
      hasUniqueRows: Bool? = nil, isNumber: Bool = false
    ) {
      self.template = template
      self.shape = shape
      self.loss = loss
      lossWhenRefused = whenRefused ?? loss
      self.answersAbsence = answersAbsence
      self.required = required
      self.optional = optional
      self.hasUniqueRows = hasUniqueRows ?? (shape == .list)
      self.isNumber = isNumber
    }

    var testDescription: String { template }
  }

  enum Capability: Sendable {
    /// Pages name the next one by a URL, which could lead elsewhere.
    case pagedByLink
    /// Pages that say more follows must say where.
    case pagedByRange
    /// Pages are counted: no page names the next one.
    case pagedByNumber
    /// A credential that ends in the middle is renewed once.
    case renewsCredential
  }

  typealias Reader = @Sendable (Bench) async throws -> ConformanceReading

  var name: String
  var vendor: Vendor
  var small: Scenario
  var paged: Scenario
  var empty: Scenario
  var endpoints: [Endpoint]
  var capabilities: Set<Capability>
  /// The verdicts that people of the small scenario have at least.
  var verdicts: Set<Verdict>
  /// Whether the empty scenario is read to its end; a team without anybody is none.
  var emptyIsComplete = true
  /// Further scenarios in which fields are edited one at a time: policies and people that the small one has no room for.
  var fieldWorlds: [Scenario]
  /// Places that may say nothing, as ``EditedSource/absences``.
  var absences: [String: String]
  /// Edits that do harm and are not mended, as ``EditedSource/known``.
  var known: [String: String]
  /// Places that ought to be told and are not, as ``EditedSource/untold``.
  var untold: Set<String>
  /// Lists that the vendor counts, as ``EditedSource/counted``.
  var counted: Set<String>
  /// What must never be seen in an error, an issue or a log, beside the mock's tokens.
  var secrets: [String]
  var read: Reader

  init(
    _ name: String, vendor: Vendor, small: Scenario, paged: Scenario, empty: Scenario,
    endpoints: [Endpoint], capabilities: Set<Capability> = [],
    verdicts: Set<Verdict> = [.enforced, .notEnforced], fieldWorlds: [Scenario] = [],
    absences: [String: String] = [:], known: [String: String] = [:],
    untold: Set<String> = [], counted: Set<String> = [], secrets: [String] = [],
    read: @escaping Reader
  ) {
    self.name = name
    self.vendor = vendor
    self.small = small
    self.paged = paged
    self.empty = empty
    self.endpoints = endpoints
    self.capabilities = capabilities
    self.verdicts = verdicts
    self.fieldWorlds = fieldWorlds
    self.absences = absences
    self.known = known
    self.untold = untold
    self.counted = counted
    self.secrets = secrets
    self.read = read
  }

  var testDescription: String { name }

  /// Every connector.
  static let all: [ConformanceCase] = [
    .heroku, .okta, .oktaOAuth, .auth0, .entra, .google, .github, .githubApp, .oneLogin, .keycloak,
    .privacyIDEA, .cognito, .iam, .identityCenter, .duo, .jumpCloud, .pingOne,
  ]

  /// Every call of every connector.
  static let calls: [ConformanceCall] = all.flatMap { kase in
    kase.endpoints.map { ConformanceCall(kase: kase, endpoint: $0) }
  }

  /// Every list of several pages.
  static let lists: [ConformanceCall] = calls.filter { $0.endpoint.shape == .list }
}

/// One call of one connector.
struct ConformanceCall: Sendable, CustomTestStringConvertible {
  var kase: ConformanceCase
  var endpoint: ConformanceCase.Endpoint

  var testDescription: String { "\(kase.name): \(endpoint.template)" }

  func fault(
    _ kind: Fault.Kind, first: Int = 1, times: Int? = nil, status: Int? = nil,
    bytes: Int? = nil, text: String? = nil
  ) -> Fault {
    Fault(
      kase.vendor, endpoint.template, kind, first: first, times: times, status: status,
      bytes: bytes, text: text)
  }
}
