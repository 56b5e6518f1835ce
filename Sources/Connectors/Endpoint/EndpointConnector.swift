internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads any HTTP endpoint that answers in JSON, as a roster, a provider, or both: what is where is configuration.
///
/// One list; a second one where policies stand apart; one request a person only where `detail` asks for it.
final class EndpointConnector: RosterConnector, ProviderConnector, Diagnosable, Sampling {
  /// The name in the configuration.
  var name: SourceName { plan.name }
  /// The kind of source.
  let kind = "json"
  let plan: EndpointPlan
  let client: APIClient
  /// For the request about one person, where it goes to another host.
  let detailClient: APIClient?
  let detailTokens: AccessTokenSource?
  /// Nil but with client credentials.
  let tokens: AccessTokenSource?
  /// Puts a key into the query of a URL, for the one way to authenticate that needs it.
  let complete: (@Sendable (String) -> String)?
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The code of a list that says that there is more of it than its paging reads.
  static let unpaged = "unpaged"
  /// The code of a configuration that does not fit what came.
  static let mapping = "mapping"

  init(
    plan: EndpointPlan, auth: EndpointAuth, detailAuth: EndpointAuth? = nil,
    transport: HTTPTransport, clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.plan = plan
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      plan.name,
      policy: SourcePolicy(
        origins: auth.origins(plan.url), maxConcurrent: plan.maxConcurrent,
        rateShare: plan.rateShare, rateHeaders: plan.rateHeaders, requestIDHeader: nil,
        maxPages: plan.maxPages, clientCertificate: auth.certificate))
    tokens = auth.tokens(source, plan.name, clock: clock)
    complete = auth.completing
    client = APIClient(
      source: source, vendor: plan.name, baseURL: plan.url, headers: HTTPHeaders(),
      credentials: tokens ?? FixedCredential(authorization: auth.authorization)
    ) { body in (try? JSONReader().value(body)).flatMap(VendorErrors.code) }
    let detailURL = plan.detail?.url
    guard detailURL != nil || detailAuth != nil else {
      (detailClient, detailTokens) = (nil, nil)
      return
    }
    let url = detailURL ?? plan.url
    let second = detailAuth ?? .none
    let detailSource = transport.source(
      plan.name,
      policy: SourcePolicy(
        origins: second.origins(url), maxConcurrent: plan.maxConcurrent,
        rateShare: plan.rateShare, rateHeaders: plan.rateHeaders, requestIDHeader: nil,
        clientCertificate: second.certificate))
    detailTokens = second.tokens(detailSource, plan.name, clock: clock)
    detailClient = APIClient(
      source: detailSource, vendor: plan.name, baseURL: url, headers: HTTPHeaders(),
      credentials: detailTokens ?? FixedCredential(authorization: second.authorization)
    ) { body in (try? JSONReader().value(body)).flatMap(VendorErrors.code) }
  }

  private func beginRun() async {
    await tokens?.beginRun()
    await detailTokens?.beginRun()
  }

  /// Reads the people of some teams.
  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    await beginRun()
    return await EndpointRun(self, progress).roster(teams)
  }

  /// Reads accounts and what is stated of them.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await beginRun()
    return await EndpointRun(self, progress).provider(query)
  }

  /// What to do about a call that was refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .unauthorised: "Check the credentials under auth of \(name)."
    case .forbidden: "Grant the credentials of \(name) the right to read \(error.call)."
    case .notFound: "Check url and path of \(name)."
    case .configuration where error.vendorCode == Self.unpaged:
      "Say under paging of \(name) how the pages of its list follow one another; idsync doctor --sample \(name) shows one."
    case .configuration:
      "Correct the configuration of \(name): idsync doctor --sample \(name) shows more."
    default: "See what idsync doctor --sample \(name) shows, and the keys of \(name)."
    }
  }
}

/// The error codes in the bodies that APIs send; for messages only.
enum VendorErrors {
  /// The code: `error.code`, `error`, the first of `errors`, `code`, `title`.
  static func code(_ body: JSONValue) -> String? {
    let first = body["errors"]?.array?.first
    let candidates = [
      body["error"]?["code"], body["error"], first?["code"], body["code"], body["scimType"],
      body["type"], body["title"],
    ]
    return candidates.lazy.compactMap { $0?.scalarText }.first { !$0.isEmpty }
  }
}
