import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import JSONQuery
@testable import Okta

/// The same as ``OktaFieldTests`` for all that is compiled: thousands of fields, without a server for each.
@Suite("Okta, a field of a policy that is missing") struct OktaPolicyFieldTests {
  @Test(
    "or null, any one, improves no verdict and is told",
    arguments: OktaWorld.allCases, [OktaFieldTests.Absence.leftOut, .null])
  func everyField(world: OktaWorld, absence: OktaFieldTests.Absence) async throws {
    let documents = try await OktaDocuments(world)
    let good = documents.judge()
    #expect(good.isComplete)
    #expect(Set(good.verdicts.values).count > 1)
    var tried = 0
    for (page, document) in documents.pages {
      for field in OktaPageEdit.fields(of: document)
      where !OktaFieldTests.isDocumented(page, field) {
        let edit = OktaPageEdit(page: page, field: field, value: absence == .null ? .null : nil)
        var changed = documents
        changed.pages[page] = edit.applied(to: document)
        tried += 1
        let bad = changed.judge()
        OktaFieldTests.compare(
          good.verdicts, bad.verdicts, isComplete: bad.isComplete,
          "\(page) \(field.joined(separator: "."))")
      }
    }
    #expect(tried > 100, "\(tried) fields")
  }
}

/// What decides sign-ins in a world, as documents, and what it means for its people.
private struct OktaDocuments {
  private struct Facts {
    var id: String
    var groups: Set<String>
    var type: String
    var provider: String
    var identityProviders: Set<String>
  }

  var pages: [String: JSON] = [:]
  private let engine: OktaMapping.Engine
  private var people: [String: Facts] = [:]
  private var groups: [String: OktaDirectory.Group] = [:]

  init(_ world: OktaWorld) async throws {
    engine = world == .classic ? .classic : .identity
    let scenario = world.scenario
    pages = try await Bench.run(scenario) { bench in
      _ = await bench.okta().readProvider(
        ProviderQuery(apps: [OktaWorld.app]) { WatchList(keys: OktaWorld.people) }, progress: .none)
      return try await OktaFieldTests.pages(bench) { page in
        page.hasPrefix("/api/v1/policies?type=OKTA_SIGN_ON") || page.contains("?expand=rules")
          || page == "/api/v1/apps/\(OktaWorld.app)" || page == "/api/v1/idps"
          || page == "/api/v1/zones"
      }
    }
    for group in scenario.okta.groups { groups[group.id] = .named(group.name) }
    groups[Group("Everyone", type: "BUILT_IN").id] = .everyone
    for person in scenario.people where ["ACTIVE"].contains(person.status) {
      people[person.email] = Facts(
        id: person.id,
        groups: Set(scenario.okta.groups.filter { person.groups.contains($0.name) }.map(\.id)),
        type: person.userType, provider: person.provider,
        identityProviders: Set(
          scenario.okta.identityProviders.filter {
            person.identityProviders.contains($0.name)
          }.map(\.id)))
    }
  }

  private func page(_ isWanted: (String) -> Bool) -> JSONValue? {
    pages.first { isWanted($0.key) }.flatMap {
      try? JSONReader().value(ResponseBody(copying: $0.value.bytes))
    }
  }

  /// What a reading would make of the documents.
  func judge() -> (verdicts: [String: Verdict], isComplete: Bool) {
    var isComplete = true
    let unread = (reason: "not read", remedy: "report it")
    let nobody = people.mapValues { _ in Verdict.cannotTell }
    guard let json = page({ $0.contains("/apps/") }), let app = try? OktaWire.App(json) else {
      return (nobody, false)
    }
    var policy = OktaPart<OktaWire.Policy>.unreadable(reason: unread.reason, remedy: unread.remedy)
    if engine == .identity {
      if let json = page({ $0.contains("?expand=rules") }), let read = try? OktaWire.Policy(json),
        read.id == app.accessPolicyID
      {
        policy = .read(read)
        // A reading would ask for them in a call of their own.
        if read.rules == nil { isComplete = false }
      } else {
        isComplete = false
      }
    }
    var session = OktaPart<[OktaWire.Policy]>.unreadable(
      reason: unread.reason, remedy: unread.remedy)
    if let rows = rows({ $0.contains("type=OKTA_SIGN_ON") }, OktaWire.Policy.init) {
      session = .read(rows)
      if rows.contains(where: { $0.rules == nil }) { isComplete = false }
    } else {
      isComplete = false
    }
    var directory = OktaDirectory()
    directory.groups = groups
    directory.inbound = .unreadable(remedy: unread.remedy)
    if let rows = rows({ $0 == "/api/v1/idps" }, OktaWire.InboundProvider.init) {
      directory.inbound = .known(rows)
      if rows.contains(where: { $0.status == nil || $0.assertsFactors == nil }) {
        isComplete = false
      }
    } else {
      isComplete = false
    }
    directory.zones = .known([:])
    if pages["/api/v1/zones"] != nil {
      if let rows = rows({ $0 == "/api/v1/zones" }, OktaWire.Zone.init) {
        directory.zones = .known(
          Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }))
      } else {
        directory.zones = .unreadable(remedy: unread.remedy)
        isComplete = false
      }
    }
    let mapping = OktaMapping(
      engine: engine, session: session, perAppPolicies: .none, limitMinutes: 1440,
      vouches: Vouches(at: Timestamp(milliseconds: 0)))
    var atoms = SubjectFacts()
    let compiled = mapping.compile(OktaMapping.App(app: app, policy: policy), directory, &atoms)
    isComplete = isComplete && compiled.missing.isEmpty
    switch compiled.state {
    case .inactive: return (people.mapValues { _ in Verdict.notEvaluated }, isComplete)
    case .unreadable, .unjudged: return (nobody, isComplete)
    case .readable(let model):
      let evaluator = SignInEvaluator(model)
      return (
        people.mapValues { evaluator.verdict(signature($0, model.atoms)) }, isComplete
      )
    }
  }

  private func rows<T>(
    _ isWanted: (String) -> Bool, _ read: (JSONValue) throws(WireError) -> T
  ) -> [T]? {
    guard let json = page(isWanted) else { return nil }
    return try? json.rows(read)
  }

  private func signature(_ person: Facts, _ atoms: [SubjectAtom]) -> AccountTable.Signature {
    var words = [UInt64](repeating: 0, count: max(1, (atoms.count + 63) / 64))
    for (place, atom) in atoms.enumerated() {
      let holds =
        switch atom.kind {
        case .group: person.groups.contains(atom.id)
        case .user: person.id == atom.id
        case .userType: person.type == atom.id
        case .attribute:
          atom.id == OktaModelBuilder.providerAtom(person.provider)
            || person.identityProviders.contains(
              OktaModelBuilder.linkedProvider(atom.id) ?? "")
        case .role: false
        }
      if holds { words[place >> 6] |= 1 << UInt64(place & 63) }
    }
    return AccountTable.Signature(status: .active, atoms: words, assigned: [1])
  }
}
