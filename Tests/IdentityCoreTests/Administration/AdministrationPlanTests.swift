import IdentityCore
import Testing

@Suite("What a request comes to")
struct AdministrationPlanTests {
  static func state(
    admins: [String] = ["ana@acme.com"], members: [String] = ["bo@acme.com"],
    change: (inout TeamState) -> Void = { _ in }
  ) -> TeamState {
    var state = TeamState(
      "acme-widgets",
      members: admins.map { .init(email: $0, role: .admin) }
        + members.map { .init(email: $0, role: .member) },
      apps: [.init("api", access: [.init(email: "kim@out.example", permissions: .view)])])
    change(&state)
    return state
  }

  static func code(_ state: TeamState, _ request: AdministrationRequest) -> Refusal.Code? {
    if case .failure(let refusal) = state.plan(request) { refusal.code } else { nil }
  }

  static func plan(_ state: TeamState, _ request: AdministrationRequest) throws
    -> AdministrationPlan
  {
    try state.plan(request).get()
  }

  @Test("the last admin can neither be demoted nor removed until another exists")
  func lastAdmin() {
    let one = Self.state()
    let two = Self.state(admins: ["ana@acme.com", "Zoe@acme.com"])
    let requests: [AdministrationRequest] = [
      .setRole(email: "ANA@acme.com", role: .member),
      .addMember(email: "ana@acme.com", role: .viewer),
      .removeMember(email: "ana@acme.com", withAccess: false),
    ]
    for request in requests {
      #expect(Self.code(one, request) == .lastAdmin)
      #expect(Self.code(two, request) == nil)
    }
    #expect(Self.code(one, .setRole(email: "ana@acme.com", role: .admin)) == nil)
  }

  @Test("an owner counts as an admin")
  func owner() {
    let state = Self.state {
      $0.members["o@acme.com"] = .init(email: "o@acme.com", role: Role(rawValue: "owner"))
    }
    #expect(Self.code(state, .removeMember(email: "ana@acme.com", withAccess: false)) == nil)
  }

  @Test("adding twice changes nothing and is no error; another role is reported as a change")
  func addingTwice() throws {
    let same = try Self.plan(Self.state(), .addMember(email: "Bo@Acme.com", role: .member))
    #expect(same.steps.map(\.isNeeded) == [false])
    #expect(same.notes == ["bo@acme.com is on acme-widgets as member already; nothing is changed."])
    let other = try Self.plan(Self.state(), .addMember(email: "bo@acme.com", role: .admin))
    #expect(other.steps.map(\.before) == ["member"] && other.steps.map(\.after) == ["admin"])
    #expect(
      other.notes
        == ["bo@acme.com was on acme-widgets as member: the role is changed to admin."])
  }

  @Test("set gives admin and member only", arguments: [TeamRole.viewer, .collaborator])
  func setRoles(role: TeamRole) {
    #expect(Self.code(Self.state(), .setRole(email: "bo@acme.com", role: role)) == .badRole)
  }

  @Test("who has app permissions only cannot be set until added")
  func appPermissionsOnly() {
    let set = AdministrationRequest.setRole(email: "kim@out.example", role: .member)
    #expect(Self.code(Self.state(), set) == .appPermissionsOnly)
    var state = Self.state()
    state.members["kim@out.example"] = .init(email: "kim@out.example", role: .collaborator)
    #expect(Self.code(state, set) == .appPermissionsOnly, "the platform's own row for them")
    state.apply(.addMember(email: "kim@out.example", role: .member))
    #expect(Self.code(state, .setRole(email: "kim@out.example", role: .admin)) == nil)
  }

  @Test("teams that are no Enterprise Teams have no viewer")
  func viewers() {
    let state = Self.state { $0.hasViewers = false }
    #expect(Self.code(state, .addMember(email: "x@acme.com", role: .viewer)) == .unavailable)
    #expect(Self.code(Self.state(), .addMember(email: "x@acme.com", role: .viewer)) == nil)
  }

  @Test("where a team invites, a newcomer is invited; a pending invitation is taken back by remove")
  func invitations() throws {
    var state = Self.state { $0.usesInvitations = true }
    let invite = try Self.plan(state, .addMember(email: "new@acme.com", role: .member))
    #expect(invite.steps.map(\.change) == [.invite(email: "new@acme.com", role: .member)])
    state.apply(invite.steps[0].change)
    let again = try Self.plan(state, .addMember(email: "NEW@acme.com", role: .member))
    #expect(again.steps.map(\.isNeeded) == [false])
    #expect(Self.code(state, .setRole(email: "new@acme.com", role: .admin)) == .pending)
    let back = try Self.plan(state, .removeMember(email: "new@acme.com", withAccess: false))
    #expect(back.steps.map(\.change) == [.revokeInvitation(email: "new@acme.com")])
    #expect(back.irrevocable == nil)
  }

  @Test("removing lists the access that stays; --with-access takes it too")
  func removing() throws {
    let state = Self.state {
      $0.apply(.grant(app: "api", email: "bo@acme.com", permissions: .deploy))
    }
    let plain = try Self.plan(state, .removeMember(email: "bo@acme.com", withAccess: false))
    #expect(plain.steps.map(\.change) == [.removeMember(email: "bo@acme.com")])
    #expect(
      plain.notes == [
        "bo@acme.com keeps deploy, view on ⬢ api: idsync access remove bo@acme.com --app api"
      ])
    let all = try Self.plan(state, .removeMember(email: "bo@acme.com", withAccess: true))
    #expect(
      all.steps.map(\.change) == [
        .removeMember(email: "bo@acme.com"), .removeAccess(app: "api", email: "bo@acme.com"),
      ])
    #expect(all.notes.isEmpty && all.irrevocable != nil)
  }

  @Test("locking twice and unlocking what is not locked are errors in the known words")
  func locks() throws {
    var state = Self.state()
    guard case .failure(let open) = state.plan(.unlock(app: "api")) else {
      Issue.record("an app that is not locked was unlocked")
      return
    }
    #expect(open.message == "cannot unlock ⬢ api\nThis app is not locked." && open.isVerbatim)
    state.apply(.setLock(app: "api", isLocked: true))
    guard case .failure(let locked) = state.plan(.lock(app: "api")) else {
      Issue.record("a locked app was locked")
      return
    }
    #expect(
      locked.message == "Error: cannot lock ⬢ api.\nThis app is already locked."
        && locked.isVerbatim)
  }

  @Test("locking leaves access and everything else as it was")
  func lockingTouchesNothing() {
    var state = Self.state()
    let access = state.apps["api"]?.access
    let members = state.members
    state.apply(.setLock(app: "api", isLocked: true))
    #expect(state.apps["api"]?.access == access && state.members == members)
  }

  @Test("a collaborator added at team level starts with view, and view is implied everywhere")
  func collaborators() throws {
    let plan = try Self.plan(
      Self.state(), .addCollaborator(email: "zed@out.example", app: "api"))
    #expect(
      plan.steps.map(\.change)
        == [.grant(app: "api", email: "zed@out.example", permissions: .view)])
    let grant = try Self.plan(
      Self.state(), .grant(app: "api", email: "zed@out.example", permissions: .deploy))
    #expect(grant.steps.map(\.after) == ["deploy, view"])
    let change = try Self.plan(
      Self.state(), .changeAccess(app: "api", email: "Kim@out.example", permissions: .manage))
    #expect(change.steps.map(\.after) == ["manage, view"])
  }

  @Test("without permissions nothing is given where there are some, and none where there are none")
  func permissions() {
    let request = { (permissions: PermissionSet?) in
      AdministrationRequest.grant(app: "api", email: "z@acme.com", permissions: permissions)
    }
    let plain = Self.state { $0.apps["api"]?.usesPermissions = false }
    #expect(Self.code(Self.state(), request(nil)) == .permissionsMissing)
    #expect(Self.code(plain, request(nil)) == nil)
    #expect(Self.code(plain, request(.deploy)) == .unavailable)
  }

  @Test(
    "the words are those a Heroku user knows",
    arguments: [
      (
        TeamChange.addMember(email: "joe@acme.com", role: .member),
        "Adding joe@acme.com to acme-widgets as member"
      ),
      (
        .setRole(email: "joe@acme.com", role: .admin),
        "Adding joe@acme.com to acme-widgets as admin"
      ),
      (
        .invite(email: "joe@acme.com", role: .member),
        "Inviting joe@acme.com to acme-widgets as member"
      ),
      (.removeMember(email: "joe@acme.com"), "Removing joe@acme.com from acme-widgets"),
      (
        .revokeInvitation(email: "joe@acme.com"),
        "Revoking invite for joe@acme.com in acme-widgets"
      ),
      (.setLock(app: "api", isLocked: true), "Locking ⬢ api"),
      (.setLock(app: "api", isLocked: false), "Unlocking ⬢ api"),
      (
        .grant(app: "api", email: "joe@acme.com", permissions: .deploy),
        "Adding joe@acme.com access to the app ⬢ api with deploy, view permissions"
      ),
      (
        .grant(app: "api", email: "joe@acme.com", permissions: nil),
        "Adding joe@acme.com access to the app ⬢ api"
      ),
      (
        .setAccess(app: "api", email: "joe@acme.com", permissions: .deploy),
        "Updating joe@acme.com in application ⬢ api with deploy,view permissions"
      ),
      (
        .removeAccess(app: "api", email: "joe@acme.com"),
        "Removing joe@acme.com access from the app ⬢ api"
      ),
      (.join(app: "api", email: "joe@acme.com"), "Joining ⬢ api"),
    ])
  func words(change: TeamChange, text: String) {
    #expect(AdministrationWording.text(change, team: "acme-widgets") == text)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", "joe", "joe@", "@acme.com", "a b@acme.com", "joe@a@b", "joe@acme.com\n",
      "j\u{202E}oe@acme.com",
    ])
  func addresses(email: String) {
    #expect(Self.code(Self.state(), .addMember(email: email, role: .member)) == .malformed)
  }

  @Test("plus addresses are people of their own; composed and decomposed letters are one")
  func matching() throws {
    let state = Self.state(members: ["bo+ci@acme.com", "zoë@acme.com"])
    let plus = try Self.plan(state, .addMember(email: "bo@acme.com", role: .member))
    #expect(plus.steps.map(\.isNeeded) == [true])
    let same = try Self.plan(state, .addMember(email: "ZOE\u{308}@acme.com", role: .member))
    #expect(same.steps.map(\.isNeeded) == [false])
  }

  @Test("an unknown person is refused with everybody who is there, for the nearest")
  func unknown() {
    guard
      case .failure(let refusal) = Self.state().plan(
        .removeMember(email: "boo@acme.com", withAccess: false))
    else {
      Issue.record("nobody was removed")
      return
    }
    #expect(refusal.code == .unknownPerson && refusal.known == ["ana@acme.com", "bo@acme.com"])
  }
}
