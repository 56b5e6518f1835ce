internal import Foundation

/// Everything that changes while the mock runs.
actor MockState {
  /// An access token that the token endpoint issued.
  struct AccessToken: Sendable {
    var client: OAuthClient
    var scopes: Set<String>
    var expires: Date
  }

  private(set) var organisation: Organisation
  private(set) var requests: [RecordedRequest] = []
  /// The replies so far, or nil while nobody wants them.
  private(set) var replies: [RecordedReply]?
  /// Where Okta is reached, for links to it from elsewhere.
  private(set) var oktaURL = "https://acme.okta.com"
  private var faults: [Fault]
  private var seen: [Int] = []
  private var firstRows: [String: JSON] = [:]
  private var accessTokens: [String: AccessToken] = [:]
  private var serial: UInt64 = 0
  private var budget = RateBudget()

  init(_ scenario: Scenario) {
    organisation = Organisation(scenario)
    faults = scenario.faults
    seen = Array(repeating: 0, count: scenario.faults.count)
  }

  func update(_ change: @Sendable (inout Scenario) throws -> Void) rethrows {
    var scenario = organisation.scenario
    try change(&scenario)
    organisation = Organisation(scenario)
  }

  /// Changes the organisation and hands back a result of the change, in one step.
  func write<Value: Sendable>(
    _ change: @Sendable (inout Scenario) throws -> Value
  ) throws -> Value {
    var scenario = organisation.scenario
    let value = try change(&scenario)
    organisation = Organisation(scenario)
    return value
  }

  func setOktaURL(_ url: String) { oktaURL = url }

  func record(_ request: RecordedRequest) { requests.append(request) }

  func resetRequests() { requests = [] }

  func keepReplies(_ isWanted: Bool) { replies = isWanted ? [] : nil }

  func record(_ reply: RecordedReply) { replies?.append(reply) }

  // MARK: Faults

  func setFaults(_ faults: [Fault]) {
    self.faults = faults
    seen = Array(repeating: 0, count: faults.count)
    firstRows = [:]
  }

  /// Counts a request and returns the fault it meets, if any.
  ///
  /// An expired token stays expired for every endpoint of its vendor.
  func fault(_ vendor: Vendor, _ endpoint: String, _ request: String) -> Fault? {
    var found: Fault?
    for (index, fault) in faults.enumerated() where fault.vendor == vendor {
      if fault.kind == .expiredToken, seen[index] >= fault.first { found = found ?? fault }
      guard fault.covers(endpoint, request: request) else { continue }
      seen[index] += 1
      let number = seen[index]
      let last = fault.times.map { fault.first + $0 - 1 } ?? Int.max
      if number >= fault.first, number <= last { found = found ?? fault }
    }
    return found
  }

  /// Whether a fault wants to know the first row of an endpoint's first page.
  func wantsFirstRow(_ vendor: Vendor, _ endpoint: String) -> Bool {
    firstRows[endpoint] == nil
      && faults.contains { $0.vendor == vendor && $0.kind == .duplicate && $0.covers(endpoint) }
  }

  func setFirstRow(_ row: JSON, of endpoint: String) { firstRows[endpoint] = row }

  func firstRow(of endpoint: String) -> JSON? { firstRows[endpoint] }

  // MARK: Tokens and limits

  /// A number that no earlier call returned.
  func nextSerial() -> UInt64 {
    serial += 1
    return serial
  }

  func issue(_ token: AccessToken) -> String {
    let text =
      "eyJtb2NrIjoi\(Hex.encode(String(nextSerial()).utf8)).\(UInt64.random(in: .min ... .max))"
    accessTokens[text] = token
    return text
  }

  func accessToken(_ text: String) -> AccessToken? { accessTokens[text] }

  func revokeAccessTokens() { accessTokens = [:] }

  func spendHerokuToken(of account: String, isFree: Bool) -> Int? {
    budget.spendHeroku(
      account: account, capacity: organisation.scenario.heroku.rateLimit,
      perMinute: organisation.scenario.heroku.refillPerMinute, isFree: isFree)
  }

  func spendOktaRequest(of family: String) -> RateBudget.Window {
    let okta = organisation.scenario.okta
    return budget.spendOkta(family: family, limit: okta.rateLimits[family] ?? okta.rateLimit)
  }
}
