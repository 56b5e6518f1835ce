internal import ConnectorKit
internal import IdentityCore

/// What the policy documents of watched people say, beside what the simulator decided.
struct IAMDocumentation: Sendable {
  /// By the ARNs of people.
  var reaches: [String: IAMReach] = [:]
  /// Whether a key alone may register a device for its owner, by the ARNs of people.
  var registers: [String: Tri] = [:]
  /// Of whom some policy was not read, and why.
  var unread: [String: String] = [:]
  /// What is not known of their policies, by the name of the policy.
  var unrecognised: [String: [UnrecognisedKey]] = [:]
  /// The actions that documents name beside those that are simulated.
  private(set) var labels: [String] = []

  private static let registration = "iam:EnableMFADevice"
  /// So many actions have a name of their own in witnesses.
  private static let limit = 40
  /// The name of those beyond.
  static let further = "another action"

  /// What documents say of people; the simulated actions have names already.
  init(reaches: [String: IAMReach], actions: [String]) {
    self.reaches = reaches
    labels = Self.labels(reaches, actions)
  }

  init(
    _ people: [IAMPeople.Person], _ principals: IAMPrincipals?, _ outcome: IAMOutcome,
    account: String, actions: [String]
  ) {
    let trusts = IAMTrusts(principals?.roles, of: account)
    var documents: [IAMPrincipals.Named: Result<IAMDocument, WireError>] = [:]
    func document(_ named: IAMPrincipals.Named) -> Result<IAMDocument, WireError> {
      if let known = documents[named] { return known }
      let result = Self.read(named)
      documents[named] = result
      return result
    }
    var known: [String: IAMReach] = [:]
    for person in people {
      let arn = person.user.arn
      guard let simulation = outcome.simulations[arn] else { continue }
      guard let policies = principals?.policies(of: person.user.name) else {
        unread[arn] = "IAM does not show all policies of \(person.user.name)"
        continue
      }
      do throws(WireError) {
        var grants = IAMGrants(statements: [], boundary: nil)
        for named in policies.identity {
          grants.statements += try document(named).get().statements
        }
        if let named = policies.boundary {
          grants.boundary = try document(named).get().statements
        }
        for named in policies.identity + [policies.boundary].compactMap(\.self) {
          let keys = try document(named).get().unrecognised
          if !keys.isEmpty { unrecognised[named.name] = keys }
        }
        let assumable = trusts.assumable(arn)
        registers[arn] = grants.decision(Self.registration, on: arn, .key)
        let set = policies.fingerprint.map {
          "\(simulation.hashValue) \(assumable.person ?? "") \($0)"
        }
        let reach =
          set.flatMap { known[$0] }
          ?? IAMReach(grants, assumable) { pattern, credential in
            simulation.contradicts(grants, pattern, credential, actions)
          }
        if let set { known[set] = reach }
        reaches[arn] = reach
      } catch {
        unread[arn] = "a policy of \(person.user.name) is not as documented (\(error.path))"
      }
    }
    labels = Self.labels(reaches, actions)
  }

  private static func labels(_ reaches: [String: IAMReach], _ actions: [String]) -> [String] {
    let simulated = Set(actions.map { $0.lowercased() })
    let all = Set(
      reaches.values.flatMap { $0.ways.values.flatMap { $0.open + $0.doubtful } }
    ).filter { !simulated.contains($0.lowercased()) }.sorted()
    return all.count > limit ? all.prefix(limit) + [further] : all
  }

  private static func read(_ named: IAMPrincipals.Named) -> Result<IAMDocument, WireError> {
    guard let text = named.document else {
      return .failure(WireError(.shape, path: named.name, detail: "the document is not shown"))
    }
    do throws(WireError) {
      return .success(try IAMDocument(encoded: text))
    } catch {
      return .failure(error.under(named.name))
    }
  }

  /// The place of a name among the labels; nil for one that is simulated.
  func place(of name: String) -> Int? {
    labels.firstIndex(of: name) ?? (labels.last == Self.further ? labels.count - 1 : nil)
  }

  /// Whether somebody might do something with a credential of a single service that a password or key does not do.
  func needsServiceCredentials(_ user: IAMCredentialReport.User) -> Bool {
    guard !user.hasActiveKey else { return false }
    guard let ways = reaches[user.arn]?.ways else { return true }
    // Where a password alone opens something, nobody is better off without such a credential.
    return ways[.key]?.deniesAll != true
      && (user.hasPassword == false || ways[.password]?.open.isEmpty != false)
  }
}

extension IAMSimulation {
  /// Whether AWS denies something that a pattern means and the documents allow: there is a policy that they do not show.
  fileprivate func contradicts(
    _ grants: IAMGrants, _ pattern: String, _ credential: IAMCredential, _ actions: [String]
  ) -> Bool {
    let probe: Probe = credential == .password ? .password : .accessKey
    let pattern = IAMPattern(pattern, ignoringCase: true)
    return actions.contains { action in
      pattern.matches(action.lowercased()) && decision(probe, action)?.isAllowed == false
        && grants.decision(action, on: "*", credential) == .yes
    }
  }
}
