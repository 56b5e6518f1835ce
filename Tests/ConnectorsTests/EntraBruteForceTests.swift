import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Entra
@testable import JSONQuery

@Suite("Entra mapping against brute force") struct EntraBruteForceTests {
  private static let perTask = 1_500

  @Test(
    "agrees with every sign-in tried in every possible world",
    arguments: [1, 2, 3, 4] as [UInt64])
  func agrees(seed: UInt64) throws {
    var random = EntraRandomPolicies(seed: seed)
    var counts: [Verdict: Int] = [:]
    for number in 1...Self.perTask {
      let policies = random.policies()
      let oracle = EntraOracle(
        policies: policies.map(Self.whole), person: random.person(),
        unreadableGroups: random.unreadableGroups(), defaults: random.defaults(),
        beside: random.beside())
      let expected = oracle.verdict
      let found = try Self.verdict(oracle)
      counts[expected, default: 0] += 1
      if found != expected {
        Issue.record(
          """
          set \(number) of seed \(seed): brute force \(expected), mapping \(found)
          \(oracle.person), unreadable \(oracle.unreadableGroups), defaults \(oracle.defaults)
          \(oracle.beside)
          \(String(decoding: JSON.array(policies).bytes, as: UTF8.self))
          """)
        return
      }
    }
    let shown = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key) \($0.value)" }
    print(
      "Conditional Access, seed \(seed): \(Self.perTask) sets agree (\(shown.joined(separator: ", ")))"
    )
    // Every verdict occurs, so that agreement says something.
    #expect(counts.count == 5)
  }

  /// A policy as Graph shows it: every member there.
  private static func whole(_ policy: JSON) -> JSON {
    let list: JSON = []
    let base: JSON = [
      "id": policy["displayName"] ?? "",
      "conditions": [
        "clientAppTypes": ["all"], "signInRiskLevels": list, "userRiskLevels": list,
        "servicePrincipalRiskLevels": list, "insiderRiskLevels": nil, "platforms": nil,
        "locations": nil, "devices": nil, "authenticationFlows": nil, "clientApplications": nil,
        "applications": [
          "includeApplications": list, "excludeApplications": list, "includeUserActions": list,
          "includeAuthenticationContextClassReferences": list, "applicationFilter": nil,
        ],
        "users": [
          "includeUsers": list, "excludeUsers": list, "includeGroups": list,
          "excludeGroups": list, "includeRoles": list, "excludeRoles": list,
          "includeGuestsOrExternalUsers": nil, "excludeGuestsOrExternalUsers": nil,
        ],
      ],
    ]
    var parts = policy
    if let grant = policy["grantControls"], grant != .null {
      let none: JSON = [
        "builtInControls": list, "customAuthenticationFactors": list, "termsOfUse": list,
        "authenticationStrength": nil,
      ]
      parts["grantControls"] = none.merging(grant)
    }
    return base.merging(parts)
  }

  private static func value(_ json: JSON) throws -> JSONValue {
    try JSONReader().value(ResponseBody(copying: json.bytes))
  }

  /// What the connector's mapping and the evaluator say.
  private static func verdict(_ oracle: EntraOracle) throws -> Verdict {
    let locations = [
      Tenants.ip(Tenants.office, "Office", isTrusted: true),
      Tenants.ip(EntraRandomPolicies.branch, "Branch", isTrusted: true),
      Tenants.ip(Tenants.lab, "Lab", isTrusted: false),
      Tenants.country(Tenants.brazil, "Brazil", ["BR"]),
      Tenants.country(EntraRandomPolicies.south, "South", ["AR", "BR"]),
    ]
    let known = try locations.map { try EntraWire.Location(value($0)) }
    var tenant = EntraTenantFacts(
      policies: .read(try oracle.policies.map { try EntraWire.Policy(value($0)) }),
      locations: .read(Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0) })),
      strengths: .read([:]),
      securityDefaults: oracle.defaults == "unreadable"
        ? .unreadable(reason: "refused", remedy: "grant it") : .read(oracle.defaults == "on"),
      federated: .read([:]))
    try add(oracle.beside, to: &tenant)
    let app = try EntraWire.ServicePrincipal(
      value([
        "id": "sp", "appId": .string(Tenants.app), "appRoleAssignmentRequired": false,
        "accountEnabled": true, "preferredSingleSignOnMode": "saml",
        "appOwnerOrganizationId": .string(EntraApp("", name: "").owner ?? ""),
      ]))
    var atoms = EntraAtoms()
    let vouches = Vouches(
      oracle.beside.mayRemember ? [] : [Tenants.vouch("remembered-mfa")], at: Bench.now)
    let compiled = EntraMapping(tenant: tenant, vouches: vouches)
      .compile(app, as: Tenants.app, &atoms)
    guard case .readable(var model) = compiled.state else { throw NoModel() }
    for group in oracle.unreadableGroups {
      if let place = atoms.place(.group, group) {
        model.unreadableAtoms[place] = Unknown(title: "who is in \(group)", remedy: "")
      }
    }
    var table = AccountTable(atomCount: atoms.all.count)
    let facts = atoms.all.indices.filter { holds(atoms.all[$0], oracle.person) }
    table.append(Account(id: oracle.person.id, email: nil, atoms: Set(facts), assigned: [0]))
    let signature = table.signature(at: 0)
    let evaluator = SignInEvaluator(model)
    let verdict = evaluator.evaluate(signature).verdict
    #expect(evaluator.verdict(signature) == verdict)
    return verdict
  }

  private static func add(
    _ beside: EntraOracle.Beside, to tenant: inout EntraTenantFacts
  ) throws {
    var methods: [JSON] = []
    if let group = beside.external { methods.append(Tenants.external(for: group)) }
    if beside.takesCertificates { methods.append(Tenants.certificates()) }
    tenant.methods = .read(try methods.compactMap { try EntraWire.Method(value($0)) })
    let trust: JSON = ["inboundTrust": ["isMfaAccepted": .bool(beside.trustsHome)]]
    tenant.trust = .read(
      [try EntraWire.Trust(value(trust), isDefault: true)].compactMap(\.self))
    if let behaviour = beside.federation {
      let federation: JSON = [
        "displayName": "ADFS", "federatedIdpMfaBehavior": .string(behaviour),
      ]
      tenant.federated = .read(["acme.com": try EntraWire.Federation(value(federation))])
    }
  }

  private struct NoModel: Error {}

  private static func holds(_ atom: SubjectAtom, _ person: EntraOracle.Person) -> Bool {
    switch atom.kind {
    case .user: atom.id == person.id
    case .group: person.groups.contains(atom.id)
    case .role: person.roles.contains(atom.id)
    case .userType: atom.id == person.guest
    case .attribute:
      // Where a domain is federated, it is that of the person.
      atom.id == EntraAccountFact.domain("acme.com")
        || atom.id == EntraAccountFact.perUser(person.perUser)
        || person.eligible.contains {
          atom.id == EntraAccountFact.eligible(.group, $0)
            || atom.id == EntraAccountFact.eligible(.role, $0)
        }
    }
  }
}
