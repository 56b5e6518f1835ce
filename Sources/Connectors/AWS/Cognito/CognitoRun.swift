internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of a user pool.
struct CognitoRun: Sendable {
  let configuration: CognitoConfiguration
  let client: AWSClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog

  init(
    configuration: CognitoConfiguration, client: AWSClient,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger, progress: Progress
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.logger = logger
    self.progress = progress
    log = ReadingLog(client.source, startedAt: clock())
  }

  /// Keeps a failure as an issue, with what to do about it.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    log.add(
      error.issue(
        remedy: AWSErrors.remedy(error, source: configuration.name), affects: affects))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "cognito", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0), hosts: hosts)
    do throws(ConnectorError) {
      let pool = try await pool(of: query.apps)
      async let mfaPart = mfa(pool)
      let (facts, unreadable) = await providers(pool.id)
      let mapping = CognitoMapping(
        pool: pool, mfa: await mfaPart, facts: facts, unreadableProviders: unreadable)
      var clients: [CognitoWire.Client?] = []
      for id in query.apps {
        let (client, app) = await app(id, mapping)
        clients.append(client)
        reading.apps.append(app)
      }
      reading.accounts = await accounts(query, mapping, clients)
    } catch {
      keep(error)
      reading.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(
            reason: error.message, remedy: AWSErrors.phrase(error, source: configuration.name)))
      }
    }
    reading.source = log.reading(kind: "cognito", at: clock())
    return reading
  }

  private var hosts: Set<String> {
    Set([SourceHost.of(client.url)].compactMap { $0 })
  }

  // MARK: The pool

  /// The pool that the applications belong to; one source reads one pool, for a person has an account in each.
  private func pool(of apps: [AppID]) async throws(ConnectorError) -> CognitoWire.Pool {
    var id = configuration.userPool
    if id == nil { id = apps.lazy.compactMap { CognitoConfiguration.app($0).pool }.first }
    if id == nil { id = try await search(apps) }
    guard let id else {
      throw ConnectorError(
        .notFound, source: configuration.name, call: "cognito-idp:ListUserPools",
        message: "No user pool of \(configuration.region) has one of the app clients asked for.")
    }
    let request = client.request("DescribeUserPool", json: ["UserPoolId": .string(id)])
    let json = try await client.value(request)
    do throws(WireError) {
      return try CognitoWire.Pool(json)
    } catch {
      throw client.malformed(error, request)
    }
  }

  /// Looks for the pool of the first app client that some pool has.
  private func search(_ apps: [AppID]) async throws(ConnectorError) -> String? {
    let pools = try await client.values(
      "ListUserPools", ["MaxResults": .integer(60)], list: "UserPools"
    ) { row throws(WireError) in try row.required("Id", .string, \.string) }
    for app in apps {
      for pool in pools {
        do throws(ConnectorError) {
          _ = try await describe(CognitoConfiguration.app(app).client, pool)
          return pool
        } catch {
          if error.code == .notFound { continue }
          throw error
        }
      }
    }
    return nil
  }

  private func mfa(_ pool: CognitoWire.Pool) async -> CognitoWire.MFA? {
    let request = client.request("GetUserPoolMfaConfig", json: ["UserPoolId": .string(pool.id)])
    do throws(ConnectorError) {
      let json = try await client.value(request)
      do throws(WireError) {
        return try CognitoWire.MFA(json)
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      // Refused, the pool's description still says ON, OPTIONAL or OFF, but not what a passkey is worth; broken, nothing
      // is taken for granted.
      let saysAll = pool.mfa != nil && pool.firstFactors?.contains("WEB_AUTHN") != true
      keep(error, affects: error.code != .forbidden ? .verdicts : saysAll ? .details : .parts)
      return nil
    }
  }

  private func providers(_ pool: String) async -> (CognitoMapping.Facts, Unknown?) {
    do throws(ConnectorError) {
      let list = try await client.values(
        "ListIdentityProviders", ["UserPoolId": .string(pool), "MaxResults": .integer(60)],
        list: "Providers"
      ) { row throws(WireError) in try CognitoWire.IdentityProvider(row) }
      return (CognitoMapping.Facts(list), nil)
    } catch {
      keep(error)
      return (
        CognitoMapping.Facts([]),
        Unknown(
          title: "which identity provider the account comes from: \(error.message)",
          remedy: AWSErrors.phrase(error, source: configuration.name))
      )
    }
  }

  // MARK: Applications

  private func describe(
    _ id: String, _ pool: String
  ) async throws(ConnectorError) -> CognitoWire.Client {
    let request = client.request(
      "DescribeUserPoolClient", json: ["UserPoolId": .string(pool), "ClientId": .string(id)])
    let json = try await client.value(request)
    do throws(WireError) {
      return try CognitoWire.Client(json)
    } catch {
      throw client.malformed(error, request)
    }
  }

  private func app(
    _ id: AppID, _ mapping: CognitoMapping
  ) async -> (CognitoWire.Client?, ProviderApp) {
    let named = CognitoConfiguration.app(id)
    if let pool = named.pool, pool != mapping.pool.id {
      return (
        nil,
        ProviderApp(
          id: id, label: id,
          state: .unreadable(
            reason: "Source \(configuration.name) reads user pool \(mapping.pool.id), not \(pool).",
            remedy: "give user pool \(pool) a source of its own"))
      )
    }
    do throws(ConnectorError) {
      let wire = try await describe(named.client, mapping.pool.id)
      var app = ProviderApp(
        id: id, label: wire.name, state: .readable(mapping.model(wire)),
        evidence: evidence(wire, mapping), policyLink: mapping.pool.id)
      let vouches = Vouches(configuration.vouches, at: clock())
      let told = app.account(CognitoDoors.self, vouches) { mapping.state(of: $0, wire) }
      for issue in told { log.add(issue) }
      return (wire, app)
    } catch {
      // That there is no such client is an answer, and complete.
      keep(error, affects: error.code == .notFound ? .details : .verdicts)
      let reason =
        error.code == .notFound
        ? "User pool \(mapping.pool.name) has no app client with the id \(named.client)."
        : error.message
      return (
        nil,
        ProviderApp(
          id: id, label: id,
          state: .unreadable(
            reason: reason, remedy: AWSErrors.phrase(error, source: configuration.name)),
          isMissing: error.code == .notFound)
      )
    }
  }

  private func evidence(_ wire: CognitoWire.Client, _ mapping: CognitoMapping) -> [EvidenceItem] {
    let pool = mapping.pool
    let flows = CognitoFlows(wire, pool)
    var items = [
      EvidenceItem(
        .status, id: pool.id, name: "user pool \(pool.name)",
        value: "MFA \(mapping.mfa?.mode ?? pool.mfa ?? "not stated")",
        path: "cognito-idp:GetUserPoolMfaConfig"),
      EvidenceItem(
        .status, id: wire.id, name: "app client \(wire.name)",
        value: (wire.flows == nil ? "default flows " : "flows ")
          + flows.names.joined(separator: ", ")
          + (wire.identityProviders.map {
            "; identity providers \($0.joined(separator: ", "))"
          } ?? ""), path: "cognito-idp:DescribeUserPoolClient"),
    ]
    if wire.identityProviders?.contains("COGNITO") == false, !flows.ways.isEmpty {
      items.append(
        EvidenceItem(
          .status, id: wire.id, name: "sign-in through the API",
          value: "possible for users of the pool, although the sign-in page does not offer it",
          path: "cognito-idp:DescribeUserPoolClient"))
    }
    return items
  }
}
