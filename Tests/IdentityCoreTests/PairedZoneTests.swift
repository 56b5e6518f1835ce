import TestSupport
import Testing

@testable import IdentityCore

/// Offices each with a VPN zone that is excluded: many independent pairs, decided exactly and at once.
@Suite("Paired zones")
struct PairedZoneTests {
  /// Zones: office *i* at *i*, its VPN at *count + i*; or each office before its VPN.
  struct Shape: Sendable, CustomTestStringConvertible {
    var count: Int
    var isInterleaved: Bool
    var testDescription: String { "\(count) offices\(isInterleaved ? ", side by side" : "")" }

    var variables: [Variable] {
      let names =
        isInterleaved
        ? (0..<count).flatMap { ["office \($0)", "vpn \($0)"] }
        : (0..<count).map { "office \($0)" } + (0..<count).map { "vpn \($0)" }
      return names.map { Variable(name: $0, values: ["outside", "inside"]) }
    }

    func office(_ index: Int) -> Condition { .variable(isInterleaved ? 2 * index : index, in: [1]) }
    func vpn(_ index: Int) -> Condition {
      .variable(isInterleaved ? 2 * index + 1 : count + index, in: [1])
    }
    /// Inside an office and not inside its VPN.
    func pair(_ index: Int) -> Condition { .all([office(index), .not(vpn(index))]) }
    var anyPair: Condition { .any((0..<count).map(pair)) }
    var anyOffice: Condition { .any((0..<count).map(office)) }
    var anyVPN: Condition { .any((0..<count).map(vpn)) }
  }

  static let shapes = [
    Shape(count: 40, isInterleaved: true), Shape(count: 40, isInterleaved: false),
    Shape(count: 12, isInterleaved: false),
  ]

  private static let multi = SignInPolicy.demand(.multiFactor, by: nil)
  private static let single = SignInPolicy.demand(.singleFactor, by: nil)

  private static func mfa(when condition: Condition) -> SignInPolicy {
    .firstMatch([.init(condition, multi)], otherwise: single)
  }

  private func evaluate(
    _ shape: Shape, _ policy: SignInPolicy, axioms: [Condition] = [], unknowns: [Unknown] = []
  ) -> SignInResult {
    let model = SignInModel(
      variables: shape.variables, unknowns: unknowns, policy: policy, axioms: axioms)
    let signature = AccountTable.Signature(status: .active, atoms: [0], assigned: [1])
    var result: SignInResult?
    let time = ProcessorTime.measure { result = SignInEvaluator(model).evaluate(signature) }
    #expect(time < .seconds(2), "\(time)")
    return result ?? SignInResult(verdict: .cannotTell)
  }

  @Test("a first-match list: two factors in each office, one elsewhere", arguments: shapes)
  func firstMatch(shape: Shape) {
    let branches = (0..<shape.count).map { SignInPolicy.Branch(shape.pair($0), Self.multi) }
    let open = evaluate(shape, .firstMatch(branches, otherwise: Self.single))
    #expect(open.verdict == .enforcedConditionally)
    #expect(open.witness.count == shape.count, "each office left or its VPN used")
    let weak = (0..<shape.count).map { SignInPolicy.Branch(shape.pair($0), Self.single) }
    let inside = evaluate(shape, .firstMatch(weak, otherwise: Self.multi))
    #expect(inside.verdict == .enforcedConditionally)
    #expect(inside.witness.count == 2, "one office, not its VPN")
    #expect(evaluate(shape, .firstMatch(branches, otherwise: Self.multi)).verdict == .enforced)
  }

  @Test("complementary policies over the same pairs leave no escape", arguments: shapes)
  func complementary(shape: Shape) {
    let both = SignInPolicy.all([
      Self.mfa(when: shape.anyPair), Self.mfa(when: .not(shape.anyPair)),
    ])
    #expect(evaluate(shape, both).verdict == .enforced)
    // The other way about: not written as a negation, but as what it comes to.
    let outside = Condition.all(
      (0..<shape.count).map { .any([.not(shape.office($0)), shape.vpn($0)]) })
    let spelled = SignInPolicy.all([Self.mfa(when: shape.anyPair), Self.mfa(when: outside)])
    #expect(evaluate(shape, spelled).verdict == .enforced)
    let almost = Condition.all(
      (0..<shape.count - 1).map { .any([.not(shape.office($0)), shape.vpn($0)]) }
        + [.not(shape.office(shape.count - 1))])
    let gap = evaluate(shape, .all([Self.mfa(when: shape.anyPair), Self.mfa(when: almost)]))
    #expect(gap.verdict == .enforcedConditionally)
    #expect(gap.witness.contains(ContextFact(name: "vpn \(shape.count - 1)", value: "inside")))
  }

  @Test("one policy for each pair, all to be passed", arguments: shapes)
  func allOf(shape: Shape) {
    let each = (0..<shape.count).map { Self.mfa(when: shape.pair($0)) }
    let open = evaluate(shape, .all(each))
    #expect(open.verdict == .enforcedConditionally)
    #expect(open.witness.count == shape.count)
    let rest = Self.mfa(
      when: .all((0..<shape.count).map { .any([.not(shape.office($0)), shape.vpn($0)]) }))
    #expect(evaluate(shape, .all(each + [rest])).verdict == .enforced)
    #expect(evaluate(shape, .all([rest] + each.reversed())).verdict == .enforced)
  }

  @Test(
    "a session policy over offices and VPNs and an application policy over pairs", arguments: shapes
  )
  func sessionAndApp(shape: Shape) {
    let session = SignInPolicy.firstMatch(
      [.init(shape.anyOffice, Self.single), .init(shape.anyVPN, Self.multi)],
      otherwise: Self.multi)
    let pairs = (0..<shape.count).map { SignInPolicy.Branch(shape.pair($0), Self.multi) }
    let app = SignInPolicy.firstMatch(pairs, otherwise: Self.single)
    let open = evaluate(shape, .all([session, app]))
    #expect(open.verdict == .enforcedConditionally)
    let shut = evaluate(
      shape, .all([session, app]),
      axioms: (0..<shape.count).map { .any([.not(shape.vpn($0)), .not(shape.office($0))]) })
    #expect(shut.verdict == .enforced, "nobody is in an office and in its VPN")
  }

  @Test("pairs crossed by a second policy", arguments: shapes)
  func crossed(shape: Shape) {
    let next = (0..<shape.count).map {
      Self.mfa(when: .all([shape.office($0), .not(shape.vpn(($0 + 1) % shape.count))]))
    }
    let each = (0..<shape.count).map { Self.mfa(when: shape.pair($0)) }
    let elsewhere = Self.mfa(when: .not(shape.anyOffice))
    // An escape is in some office, its VPN and the next one: all VPNs of offices that are entered.
    let open = evaluate(shape, .all(each + next + [elsewhere]))
    #expect(open.verdict == .enforcedConditionally)
    #expect(open.witness.contains { $0.value == "inside" && $0.name.hasPrefix("office") })
  }

  @Test("each pair in a group that could not be read", arguments: shapes)
  func unknownPairs(shape: Shape) {
    let unknowns = (0..<shape.count).map { Unknown(title: "who is in group \($0)", remedy: "") }
    let each = (0..<shape.count).map { Self.mfa(when: .all([.unknown($0), shape.office($0)])) }
    let open = evaluate(shape, .all(each), unknowns: unknowns)
    #expect(open.verdict == .cannotTell, "with nobody in any group, one factor is enough")
    let outside = Self.mfa(when: .not(shape.anyOffice))
    let shut = evaluate(shape, .all(each + [outside]), unknowns: unknowns)
    #expect(shut.verdict == .enforcedConditionally)
  }
}
