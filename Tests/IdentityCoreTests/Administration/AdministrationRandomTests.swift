import IdentityCore
import Testing

@Suite("Random changes to a team")
struct AdministrationRandomTests {
  /// A generator that gives the same numbers for the same seed.
  struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  @Test(
    "no sequence leaves a team without an admin, and what a plan promises is what applying it gives"
  )
  func invariants() throws {
    var operations = 0
    var refused = 0
    for seed in 0..<200 as Range<UInt64> {
      var random = Seeded(state: seed)
      var state = TeamState("t", isLocal: true)
      for _ in 0..<100 {
        let request = Self.request(&random)
        operations += 1
        switch state.plan(request) {
        case .failure: refused += 1
        case .success(let plan):
          for step in plan.steps where step.isNeeded {
            let before = state.standing(of: step.change)
            state.apply(step.change)
            #expect(before == step.before && state.standing(of: step.change) == step.after)
          }
        }
        #expect(state.members.isEmpty || state.adminCount > 0, "seed \(seed): \(request)")
      }
    }
    print("random changes to a team: \(operations) operations, \(refused) of them refused")
    #expect(refused > 1000 && operations - refused > 1000)
  }

  static func request(_ random: inout Seeded) -> AdministrationRequest {
    let people = ["ana@a.b", "Bo@a.b", "cy+x@a.b", "dé@a.b", "eve@out.example"]
    let apps = ["api", "web"]
    let email = people[Int.random(in: 0..<people.count, using: &random)]
    let app = apps[Int.random(in: 0..<apps.count, using: &random)]
    let role = TeamRole.allCases[Int.random(in: 0..<4, using: &random)]
    let permissions = PermissionSet(rawValue: UInt8.random(in: 0...15, using: &random))
    switch Int.random(in: 0..<12, using: &random) {
    case 0, 1: return .addMember(email: email, role: role)
    case 2, 3: return .setRole(email: email, role: role)
    case 4: return .removeMember(email: email, withAccess: Bool.random(using: &random))
    case 5: return .lock(app: app)
    case 6: return .unlock(app: app)
    case 7: return .grant(app: app, email: email, permissions: permissions)
    case 8: return .changeAccess(app: app, email: email, permissions: permissions)
    case 9: return .removeAccess(app: app, email: email)
    case 10: return .createApp(app: app, owner: email)
    default: return .join(app: app, email: email)
    }
  }
}
