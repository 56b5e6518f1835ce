import Foundation
import Testing

@testable import IdentityCore

/// Two conditions are one unknown only if they are the same condition of the same object.
@Suite("Unknowns are things")
struct UnknownIdentityTests {
  private static let multi = SignInPolicy.demand(.multiFactor, by: nil)
  private static let single = SignInPolicy.demand(.singleFactor, by: nil)
  private static let signature = AccountTable.Signature(status: .active, atoms: [0], assigned: [1])

  private static func complementary(_ first: Condition, _ second: Condition) -> SignInPolicy {
    .all([
      .firstMatch([.init(first, multi)], otherwise: single),
      .firstMatch([.init(.not(second), multi)], otherwise: single),
    ])
  }

  @Test("two unknowns of one title stay two")
  func sameTitle() {
    let title = "whether rule 'Legacy' applies"
    let unknowns = [
      Unknown(title: title, remedy: "read it", key: "rule 1: user.a"),
      Unknown(title: title, remedy: "read it", key: "rule 2: user.b"),
    ]
    #expect(unknowns[0] != unknowns[1])
    let two = SignInModel(
      unknowns: unknowns, policy: Self.complementary(.unknown(0), .unknown(1)))
    #expect(SignInEvaluator(two).evaluate(Self.signature).verdict == .cannotTell)
    #expect(SignInEvaluator(two).evaluate(Self.signature).unknowns == unknowns)
    let one = SignInModel(
      unknowns: unknowns, policy: Self.complementary(.unknown(0), .unknown(0)))
    #expect(SignInEvaluator(one).evaluate(Self.signature).verdict == .enforced)
    let same = SignInModel(
      unknowns: [unknowns[0], unknowns[0]], policy: Self.complementary(.unknown(0), .unknown(1)))
    #expect(SignInEvaluator(same).evaluate(Self.signature).verdict == .cannotTell)
  }

  @Test("unreadable facts of one title stay two")
  func facts() {
    let unknown = Unknown(title: "who is in group 'Staff'", remedy: "grant it")
    let model = SignInModel(
      atoms: ["a", "b"].map { SubjectAtom(kind: .group, id: $0, name: "Staff") },
      unreadableAtoms: [0: unknown, 1: unknown],
      policy: Self.complementary(.subject(0), .subject(1)))
    #expect(SignInEvaluator(model).evaluate(Self.signature).verdict == .cannotTell)
  }

  @Test("facts of one title that could not be read are told apart by what they are about")
  func factKeys() {
    let unknown = Unknown(title: "who is in group 'Staff'", remedy: "grant it")
    let model = SignInModel(
      atoms: ["a", "b"].map { SubjectAtom(kind: .group, id: $0, name: "Staff") },
      unreadableAtoms: [0: unknown, 1: unknown],
      policy: Self.complementary(.subject(0), .subject(1)))
    let found = SignInEvaluator(model).evaluate(Self.signature).unknowns
    #expect(Set(found.map(\.title)) == [unknown.title])
    #expect(
      Set(found.map(\.key)) == ["group a: \(unknown.title)", "group b: \(unknown.title)"])
    let tokens = Unknown(title: "which tokens people have", remedy: "", of: "tokens")
    #expect(tokens.about(model.atoms[0]) == tokens)
  }

  @Test("an unknown that is called like a mark of the program's own is not taken for it")
  func upstreamMark() {
    let model = SignInModel(
      unknowns: [Unknown(title: "upstream 0", remedy: "")], policy: .demand(.unknown(0), by: nil),
      upstreams: [Upstream(name: "entra", keys: [])])
    #expect(model.upstreams(reachableBy: Self.signature).isEmpty)
  }

  @Test("two providers behind of one name stay two")
  func upstreams() {
    let model = SignInModel(
      policy: .all([.upstream(0, by: nil), .upstream(1, by: nil)]),
      upstreams: [Upstream(name: "entra", keys: ["a"]), Upstream(name: "entra", keys: ["b"])])
    let result = SignInEvaluator(model).evaluate(Self.signature)
    #expect(result.unknowns.count == 2)
    #expect(Set(result.unknowns.map(\.key)).count == 2)
    let answer = UpstreamAnswer(
      source: "entra", verdict: .enforcedConditionally, isClosed: false, words: "from linux")
    let both = SignInEvaluator(model, upstream: [0: answer, 1: answer])
    #expect(both.model.variables.count == 2)
  }

  @Test("the words tell unknowns of one title apart by what they are, and name one thing once")
  func words() {
    let unknowns = [
      Unknown(title: "whether rule 'A' applies", remedy: "", key: "policy 1, rule 1"),
      Unknown(title: "whether rule 'A' applies", remedy: "", key: "policy 2, rule 1"),
      Unknown(title: "who is in group 'B'", remedy: "", key: "group B"),
      Unknown(title: "who is in group 'B'", remedy: "", key: "group B"),
    ]
    let model = SignInModel(unknowns: unknowns, policy: .all([]))
    var result = SignInResult(verdict: .cannotTell)
    result.unknowns = unknowns
    let door = SignInWording(
      model: model, app: ProviderApp(id: "a", label: "App", state: .readable(model)),
      source: "okta",
      traces: RuleTraces(model)
    ).door(result, Self.signature)
    #expect(
      door.reason
        == "It is not known whether rule 'A' applies (policy 1, rule 1); whether rule 'A' applies (policy 2, rule 1); who is in group 'B'."
    )
  }

  @Test("an unknown without a key is known by its title, in stored ones too")
  func stored() throws {
    let plain = Unknown(title: "t", remedy: "r")
    #expect(plain.key == "t")
    let old = try JSONDecoder().decode(
      Unknown.self, from: Data(#"{"title":"t","remedy":"r"}"#.utf8))
    #expect(old == plain)
    let keyed = Unknown(title: "t", remedy: "r", key: "k")
    let again = try JSONDecoder().decode(Unknown.self, from: JSONEncoder().encode(keyed))
    #expect(again == keyed)
  }

  @Test("a stored door that does not say whether it is proven is proven")
  func storedDoor() throws {
    var door = Door(
      provider: "okta", app: "a", verdict: .enforcedConditionally, code: .policyEscapes,
      reason: "r",
      witness: "w", witnessContext: [ContextFact(name: "zone", value: "inside")], isProven: false)
    let data = try JSONEncoder().encode(door)
    #expect(try JSONDecoder().decode(Door.self, from: data) == door)
    var fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    fields["isProven"] = nil
    door.isProven = true
    let old = try JSONDecoder().decode(
      Door.self, from: JSONSerialization.data(withJSONObject: fields))
    #expect(old == door)
  }
}
