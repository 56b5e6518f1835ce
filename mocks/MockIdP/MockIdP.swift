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

  /// Where every vendor of the scenario is reached.
  public let endpoints: [Vendor: Endpoint]

  private let state: MockState
  private let listeners: [Listener]

  private init(
    state: MockState, scenario: Scenario, listeners: [(vendor: Vendor, listener: Listener)]
  ) {
    self.state = state
    self.listeners = listeners.map(\.listener)
    var endpoints: [Vendor: Endpoint] = [:]
    for (vendor, listener) in listeners {
      endpoints[vendor] = Endpoint(
        baseURL: listener.baseURL, token: scenario.firstToken(of: vendor))
    }
    self.endpoints = endpoints
    heroku = endpoints[.heroku] ?? Endpoint(baseURL: "", token: "")
    okta = endpoints[.okta] ?? Endpoint(baseURL: "", token: "")
  }

  /// Starts the vendors on 127.0.0.1, each on its own port, and returns once they listen.
  ///
  /// Heroku and Okta always, the others when the scenario has their part.
  /// - Parameters:
  ///   - herokuPort: the port of Heroku; 0 takes a free one.
  ///   - oktaPort: the port of Okta; 0 takes a free one.
  /// - Throws: when a port cannot be bound.
  public static func start(
    _ scenario: Scenario, herokuPort: UInt16 = 0, oktaPort: UInt16 = 0
  ) async throws -> MockIdP {
    let state = MockState(scenario)
    var listeners: [(vendor: Vendor, listener: Listener)] = []
    do {
      let heroku = try await Listener.start(port: herokuPort, state: state) { state, _ in
        HerokuAPI(state: state)
      }
      listeners.append((.heroku, heroku))
      let okta = try await Listener.start(port: oktaPort, state: state) { state, _ in
        OktaAPI(state: state)
      }
      listeners.append((.okta, okta))
      await state.setOktaURL(okta.baseURL)
      for vendor in scenario.vendors {
        let listener = try await Listener.start(port: 0, state: state, vendor.api)
        listeners.append((vendor.vendor, listener))
      }
      return MockIdP(state: state, scenario: scenario, listeners: listeners)
    } catch {
      for (_, listener) in listeners { await listener.stop() }
      throw error
    }
  }

  /// Where a vendor is reached; nil when the scenario has no part of it.
  public subscript(vendor: Vendor) -> Endpoint? { endpoints[vendor] }

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

  /// Keeps the bodies of replies from now on, or no longer.
  public func keepReplies(_ isWanted: Bool = true) async {
    await state.keepReplies(isWanted)
  }

  /// Returns the replies since they are kept, in their order.
  public func replies() async -> [RecordedReply] {
    await state.replies ?? []
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

  /// Ends all vendors and their connections.
  public func stop() async {
    for listener in listeners { await listener.stop() }
  }
}

extension Scenario {
  /// The first token that a vendor accepts.
  fileprivate func firstToken(of vendor: Vendor) -> String {
    switch vendor {
    case .heroku: heroku.tokens.first?.token ?? ""
    case .okta: okta.tokens.first?.token ?? ""
    default: parts[vendor.rawValue]?.token ?? ""
    }
  }
}
