/// A mock organisation that answers as Heroku and Okta do, on loopback.
///
/// ```swift
/// let mock = try await MockIdP.start(.generate(people: 25))
/// await mock.setFaults([Fault(.okta, "GET /api/v1/users", .rateLimited, first: 2)])
/// // … run against mock.heroku.baseURL and mock.okta.baseURL …
/// let counts = await mock.requestCounts(.okta)
/// await mock.stop()
/// ```
public final class MockIdP: Sendable {
  /// Where one vendor is reached.
  public struct Endpoint: Codable, Sendable, Hashable {
    /// The origin, such as `http://127.0.0.1:40123`, without a slash at the end.
    public let baseURL: String
    /// The first token that the scenario accepts for this vendor.
    public let token: String
  }

  /// Where Heroku is reached.
  public let heroku: Endpoint
  /// Where Okta is reached.
  public let okta: Endpoint

  private let state: MockState
  private let listeners: [Listener]

  private init(state: MockState, scenario: Scenario, heroku: Listener, okta: Listener) {
    self.state = state
    listeners = [heroku, okta]
    self.heroku = Endpoint(
      baseURL: heroku.baseURL, token: scenario.heroku.tokens.first?.token ?? "")
    self.okta = Endpoint(baseURL: okta.baseURL, token: scenario.okta.tokens.first?.token ?? "")
  }

  /// Starts both vendors on 127.0.0.1, each on its own port, and returns once they listen.
  /// - Parameters:
  ///   - herokuPort: the port of Heroku; 0 takes a free one.
  ///   - oktaPort: the port of Okta; 0 takes a free one.
  /// - Throws: when a port cannot be bound.
  public static func start(
    _ scenario: Scenario, herokuPort: UInt16 = 0, oktaPort: UInt16 = 0
  ) async throws -> MockIdP {
    let state = MockState(scenario)
    let heroku = try await Listener.start(.heroku, port: herokuPort, state: state)
    do {
      let okta = try await Listener.start(.okta, port: oktaPort, state: state)
      await state.setOktaURL(okta.baseURL)
      return MockIdP(state: state, scenario: scenario, heroku: heroku, okta: okta)
    } catch {
      await heroku.stop()
      throw error
    }
  }

  /// Changes the organisation; requests already under way still see the old one.
  public func update(_ change: @Sendable (inout Scenario) throws -> Void) async rethrows {
    try await state.update(change)
  }

  /// Returns the organisation as it is now, writes of clients included.
  public func scenario() async -> Scenario {
    await state.organisation.scenario
  }

  /// Replaces all faults and counts requests towards them from now on.
  public func setFaults(_ faults: [Fault]) async {
    await state.setFaults(faults)
  }

  /// Returns the requests since the start or the last reset, in the order of their replies.
  public func requests(_ vendor: Vendor? = nil) async -> [RecordedRequest] {
    await state.requests.filter { vendor == nil || $0.vendor == vendor }
  }

  /// Returns how many requests each endpoint got since the start or the last reset.
  public func requestCounts(_ vendor: Vendor? = nil) async -> [String: Int] {
    await requests(vendor).reduce(into: [:]) { $0[$1.endpoint, default: 0] += 1 }
  }

  /// Forgets the requests so far.
  public func resetRequests() async {
    await state.resetRequests()
  }

  /// Makes every OAuth access token that was issued so far invalid.
  public func revokeAccessTokens() async {
    await state.revokeAccessTokens()
  }

  /// Ends both vendors and their connections.
  public func stop() async {
    for listener in listeners { await listener.stop() }
  }
}
