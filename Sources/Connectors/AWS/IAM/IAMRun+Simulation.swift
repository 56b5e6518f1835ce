internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// What the simulator said of everybody asked about.
struct IAMOutcome: Sendable {
  var simulations: [String: IAMSimulation] = [:]
  /// The users that are deleted since the report was made.
  var deleted: Set<String> = []
  /// Why somebody was not simulated, for the model.
  var unknown: Unknown

  private var all: [IAMSimulation] { Array(simulations.values) }

  /// The different sets of statements that ask people for MFA, in an order that does not depend on people.
  var gates: [[IAMSimulation.Statement]] {
    Set(all.map(\.gates).filter { !$0.isEmpty }).sorted { left, right in
      left.lexicographicallyPrecedes(right) { ($0.policy, $0.place) < ($1.policy, $1.place) }
    }
  }

  /// The condition keys that nobody gave.
  var missingKeys: [String] {
    Set(all.flatMap { $0.decisions.values.flatMap { $0.values.flatMap(\.missing) } }).sorted()
  }
}

extension IAMRun {
  /// Asks the simulator about users; those with the same policies and credentials once.
  func simulate(
    _ users: [IAMCredentialReport.User], _ principals: IAMPrincipals?
  ) async -> IAMOutcome {
    var outcome = IAMOutcome(
      unknown: Unknown(
        title: "what the policies of the account ask for",
        remedy: "allow iam:SimulatePrincipalPolicy in the policy of the access key"))
    var known: [String: IAMSimulation] = [:]
    for (index, user) in users.enumerated() where !user.isRoot {
      progress(configuration.name, "policy simulations", done: index, total: users.count)
      let set = principals?.policies(of: user.name)?.fingerprint.map {
        "\(user.hasPassword != false) \(user.hasActiveKey)\n\($0)"
      }
      if let set, let simulation = known[set] {
        outcome.simulations[user.arn] = simulation
        continue
      }
      do throws(ConnectorError) {
        let simulation = try await simulation(user)
        outcome.simulations[user.arn] = simulation
        if let set { known[set] = simulation }
      } catch {
        // The report may be four hours old; the list of users is new.
        if error.code == .notFound, let principals, !principals.contains(user.name) {
          outcome.deleted.insert(user.arn)
          continue
        }
        keep(error)
        outcome.unknown = Unknown(
          title: "what the policies of the account ask for: \(error.message)",
          remedy: AWSErrors.phrase(error, source: configuration.name))
        if !error.isTransient, error.code != .notFound { return outcome }
      }
    }
    return outcome
  }

  private func simulation(
    _ user: IAMCredentialReport.User
  ) async throws(ConnectorError) -> IAMSimulation {
    var result = IAMSimulation()
    for probe in IAMSimulation.Probe.allCases {
      // A key is good for a session without MFA, which looks like one of a password.
      if probe == .password && user.hasPassword == false && !user.hasActiveKey { continue }
      if probe == .accessKey && !user.hasActiveKey { continue }
      var parameters = [("PolicySourceArn", user.arn)]
      for (index, action) in configuration.sensitiveActions.enumerated() {
        parameters.append(("ActionNames.member.\(index + 1)", action))
      }
      parameters += probe.context
      let fixed = parameters
      try await client.pages { marker in
        client.request(
          "SimulatePrincipalPolicy", query: fixed + (marker.map { [("Marker", $0)] } ?? []))
      } _: { response, request, page throws(ConnectorError) in
        let reply = try client.xml(response, request, page: page)
        do throws(WireError) {
          for element in reply.list("EvaluationResults") {
            result.add(try IAMSimulation.Decision(element), probe)
          }
          return try IAMPaging.marker(reply)
        } catch {
          throw client.malformed(error, request, page: page)
        }
      }
    }
    return result
  }

  /// The accounts of kept users, with all that the model asks of them.
  func accounts(
    _ people: [IAMPeople.Person], _ outcome: IAMOutcome, _ known: DoorFacts, apps: Int
  ) -> AccountTable {
    let actions = configuration.sensitiveActions
    let gates = outcome.gates
    let documentation = known.documentation
    let all = IAMMapping.facts(actions, gates: gates.count, labels: documentation.labels.count)
    var table = AccountTable(atomCount: all.count)
    for person in people {
      let user = person.user
      var facts: Set<IAMMapping.Fact> = []
      if user.isRoot { facts.insert(.root) }
      if !person.isReported { facts.insert(.unreported) }
      if user.hasPassword != false { facts.insert(.password) }
      if user.hasActiveKey { facts.insert(.accessKey) }
      if user.hasDevice == true { facts.insert(.device) }
      if user.hasDevice == nil { facts.insert(.deviceNotTold) }
      if let simulation = outcome.simulations[user.arn] {
        facts.formUnion(
          IAMMapping.facts(
            of: simulation, user, actions, by: documentation.reaches[user.arn]))
        facts.formUnion(
          IAMMapping.facts(
            of: documentation, user, simulated: facts, vouched: known.isResourceVouched, actions))
        if let gate = gates.firstIndex(of: simulation.gates) { facts.insert(.gates(gate)) }
        switch known.serviceCredentials.has(user) {
        case .yes: facts.insert(.serviceCredential)
        case .unknown where documentation.needsServiceCredentials(user):
          facts.insert(.serviceCredentialNotTold)
        default: break
        }
      } else if !user.isRoot, person.isReported {
        facts.insert(.notSimulated)
      }
      var account = Account(id: user.arn, email: person.email, login: user.name)
      account.aliases = person.aliases
      account.statusText = "active"
      if !known.serviceCredentials.mayAct(user) {
        account.status = .inactive
        account.statusText = "neither a password nor an active access key"
      }
      if outcome.deleted.contains(user.arn) {
        account.status = .inactive
        account.statusText = "deleted since the credential report was made"
      }
      account.atoms = Set(all.indices.filter { facts.contains(all[$0]) })
      account.enrolled = Tri(user.hasDevice)
      // Without anything that policies allow there is nothing to sign in for, those of resources among them.
      let isUseless =
        !user.isRoot && person.isReported
        && documentation.reaches[user.arn]?.allowsAnything(user.credentials) == false
        && user.credentials.allSatisfy { !facts.contains(.elsewhere($0)) }
        && !actions.indices.contains {
          facts.contains(.allowed($0)) || facts.contains(.uncertain($0))
        }
      account.assigned = isUseless ? [] : Set(0..<apps)
      table.append(account)
    }
    return table
  }
}

/// Who has an active credential of a single service.
enum IAMServiceCredentials: Sendable, Hashable {
  /// Nobody needs to know.
  case notNeeded
  case notRead
  /// By their names.
  case users(Set<String>)

  func has(_ user: IAMCredentialReport.User) -> Tri {
    switch self {
    case .notNeeded: .no
    case .notRead: .unknown
    case .users(let names): Tri(names.contains(user.name))
    }
  }

  /// Whether a user has a credential at all; what nobody says may be one.
  func mayAct(_ user: IAMCredentialReport.User) -> Bool {
    user.mayAct || !user.isRoot && has(user) != .no
  }
}

extension IAMCredentialReport.User {
  /// The kinds of credentials; nobody knows here of one that is of a single service, which is like a key.
  fileprivate var credentials: [IAMCredential] {
    hasPassword != false ? [.password, .key] : [.key]
  }

  /// Whether there is a password or a key; what the report does not say may be one.
  var mayAct: Bool { hasPassword != false || hasActiveKey }
}
