import Foundation
import IdentityCore
import MockIdP
import Testing

/// No field of any reply is one whose absence makes somebody look safer, or makes somebody vanish.
///
/// The small scenario is read once while every reply is kept; then it is read again for each field of each reply, with
/// that field missing and with it null.
@Suite("A field that is missing") struct FieldLossTests {
  @Test("raises no verdict and removes nobody", arguments: ConformanceCase.all)
  func everyField(kase: ConformanceCase) async throws {
    var count = 0
    var faults: [String] = []
    var known = Self.known[kase.name] ?? []
    for (world, scenario) in ([kase.small] + kase.fieldWorlds).enumerated() {
      try await Bench.run(scenario) { bench in
        await bench.mock.keepReplies()
        let good = try await kase.read(bench)
        let losses = Self.chosen(
          FieldLoss.all(of: Self.own(await bench.mock.replies(), of: kase)), world)
        await bench.mock.keepReplies(false)
        let before = try good.reconciled().records
        count += losses.count
        for loss in losses where kase.absences["\(loss.reply.endpoint) \(loss.place)"] == nil {
          let bad = try await Self.read(kase, bench, without: loss)
          let harms = try Self.harms(good, before, bad)
          let place = "\(loss.reply.endpoint) \(loss.place)"
          if Self.known[kase.name]?.contains(place) != true {
            faults += harms.map { "world \(world): \(loss): \($0)" }
          } else if !harms.isEmpty {
            known.remove(place)
          }
        }
      }
    }
    print("field loss: \(kase.name): \(count) cases, \(faults.count) faults")
    for fault in faults { print("field loss: \(kase.name): \(fault)") }
    #expect(faults.isEmpty, "\(faults.count) of \(count): \(faults.prefix(20))")
    // Of some of the fields it does not follow that a place is mended.
    if EveryFieldForm.isLong {
      #expect(known.isEmpty, "mended, to be taken out of `known`: \(known.sorted())")
    }
    #expect(count > 0, "no reply was kept")
  }

  /// All fields, or every seventh in the short form.
  private static func chosen(_ losses: [FieldLoss], _ world: Int) -> [FieldLoss] {
    guard !EveryFieldForm.isLong else { return losses }
    return losses.enumerated().filter { ($0.offset + world) % 7 == 0 }.map(\.element)
  }

  /// Replies of the endpoints that no earlier case of the vendor went through.
  private static func own(
    _ replies: [RecordedReply], of kase: ConformanceCase
  ) -> [RecordedReply] {
    let earlier = ConformanceCase.all.prefix { $0.name != kase.name }
    let done = earlier.filter { $0.vendor == kase.vendor }.flatMap(\.endpoints).map(\.template)
    return replies.filter { !done.contains($0.endpoint) }
  }

  private static func read(
    _ kase: ConformanceCase, _ bench: Bench, without loss: FieldLoss
  ) async throws -> ConformanceReading {
    await bench.mock.setFaults([loss.fault])
    await bench.mock.resetRequests()
    let reading = try await kase.read(bench)
    let wasMet = await bench.mock.requests(kase.vendor).contains { $0.fault != nil }
    #expect(wasMet, "\(loss) was never asked for again")
    return reading
  }

  /// What a reading with a loss says that it must not say.
  private static func harms(
    _ good: ConformanceReading, _ before: [String: MemberRecord], _ bad: ConformanceReading
  ) throws -> [String] {
    var harms: [String] = []
    let fresh = try bad.reconciled().records
    for (key, old) in before.sorted(by: { $0.key < $1.key }) {
      guard let new = fresh[key] else {
        if bad.team.isComplete { harms.append("\(key) vanished from a complete roster") }
        continue
      }
      if isRise(from: old.verdict, to: new.verdict) {
        harms.append("\(key) from \(old.verdict) to \(new.verdict): \(new.reason)")
      }
    }
    for change in try bad.reconciled(with: before).changes {
      let new = change.record
      if change.kind == .removed { harms.append("\(new.key) removed") }
      guard change.kind == .changed, let old = before[new.key] else { continue }
      if isRise(from: old.verdict, to: new.verdict), fresh[new.key]?.verdict != new.verdict {
        harms.append("\(new.key) kept, from \(old.verdict) to \(new.verdict)")
      }
    }
    return harms
  }

  /// Whether a verdict looks better; `cannot-tell` never does.
  private static func isRise(from old: Verdict, to new: Verdict) -> Bool {
    new != .cannotTell && rank(new) > rank(old)
  }

  private static func rank(_ verdict: Verdict) -> Int {
    switch verdict {
    case .notEnforced: 0
    case .cannotTell: 1
    case .enforcedConditionally: 2
    case .enforced: 3
    case .notEvaluated: 4
    }
  }

  /// Faults that are known and being mended, by case, as endpoint and place.
  private static let known: [String: Set<String>] = [
    "Heroku": [
      "GET /teams/{team}/invitations ", "GET /teams/{team}/invitations /*",
      "GET /teams/{team}/invitations /*/user", "GET /teams/{team}/invitations /*/user/email",
    ],
    "GitHub": [
      "POST /graphql /data/organization/samlIdentityProvider",
      "POST /graphql /data/organization/samlIdentityProvider/externalIdentities/nodes/*/samlIdentity",
      "POST /graphql /data/organization/samlIdentityProvider/externalIdentities/nodes/*/user",
    ],
    "OneLogin": ["GET /api/2/users /*/group_id"],
    "Google": ["GET /v1/inboundSsoAssignments /inboundSsoAssignments"],
    "JumpCloud": [
      "GET /api/v2/authn/policies /*/targets/userGroups",
      "GET /api/v2/authn/policies /*/targets/userGroups/exclusions",
    ],
    "PingOne": [
      "GET /v1/environments/{env}/signOnPolicies/{policy}/actions /_embedded/actions/*/condition",
      "GET /v1/environments/{env}/signOnPolicies/{policy}/actions /_embedded/actions/*/noDevicesMode",
    ],
    "Entra ID": [
      "GET /v1.0/identity/conditionalAccess/policies /value/*/conditions/locations"
    ],
    "Okta": [
      "GET /api/v1/idps /*/policy", "GET /api/v1/idps /*/policy/trustClaims",
      "GET /api/v1/policies/{policy} /_embedded/rules/*/priority",
    ],
  ]
}
