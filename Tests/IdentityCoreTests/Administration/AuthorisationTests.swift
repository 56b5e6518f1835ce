import IdentityCore
import Testing

@Suite("Who may change a local team")
struct AuthorisationTests {
  /// Ana is admin, bo member from before the lock, cy member from after it, vi viewer, kim an outsider who manages `api`.
  static let state: TeamState = {
    TeamState(
      "tools", isLocal: true,
      members: [
        .init(email: "Ana@acme.com", role: .admin, order: 1),
        .init(email: "bo@acme.com", role: .member, order: 2),
        .init(email: "cy@acme.com", role: .member, order: 9),
        .init(email: "vi@acme.com", role: .viewer, order: 3),
      ],
      apps: [
        .init(
          "api", isLocked: true, lockedOrder: 5,
          access: [
            .init(email: "kim@out.example", permissions: [.view, .manage]),
            .init(email: "bo@acme.com", permissions: [.view, .deploy]),
          ]),
        .init("web"),
      ], order: 9)
  }()

  static func actor(_ address: String?, role: TeamRole? = nil) -> Actor {
    Actor(user: "someone", address: address, role: role)
  }

  static func may(_ address: String?, _ request: AdministrationRequest, role: TeamRole? = nil)
    -> Bool
  {
    let actor = actor(address, role: role)
    return Authorisation.refusal(
      actor, request.acting(as: address ?? "").action(by: actor), on: state) == nil
  }

  @Test("only admins of the team manage its members, in whatever case their address is written")
  func members() {
    let add = AdministrationRequest.addMember(email: "new@acme.com", role: .member)
    #expect(Self.may("ana@ACME.com", add))
    for other in ["bo@acme.com", "vi@acme.com", "kim@out.example", "nobody@acme.com"] {
      #expect(!Self.may(other, add), "\(other)")
      #expect(!Self.may(other, .removeMember(email: "bo@acme.com", withAccess: false)))
      #expect(!Self.may(other, .setRole(email: "bo@acme.com", role: .admin)))
    }
  }

  @Test("a role that the configuration gives counts like one of the team")
  func configured() {
    let add = AdministrationRequest.addMember(email: "new@acme.com", role: .member)
    #expect(Self.may("ops@acme.com", add, role: .admin))
    #expect(!Self.may("ops@acme.com", add, role: .member))
  }

  @Test("who holds manage on an app decides about that app alone, without being on the team")
  func manage() {
    let grant = { (app: String) in
      AdministrationRequest.grant(app: app, email: "x@acme.com", permissions: .deploy)
    }
    #expect(Self.may("kim@out.example", grant("api")))
    #expect(!Self.may("kim@out.example", grant("web")))
    #expect(Self.may("kim@out.example", .unlock(app: "api")))
    #expect(!Self.may("bo@acme.com", grant("api")), "deploy is not manage")
  }

  @Test("a locked app cannot be joined, an unlocked one can; admins join either")
  func joining() {
    #expect(!Self.may("cy@acme.com", .join(app: "api", email: "")))
    #expect(Self.may("cy@acme.com", .join(app: "web", email: "")))
    #expect(Self.may("ana@acme.com", .join(app: "api", email: "")))
    #expect(!Self.may("vi@acme.com", .join(app: "web", email: "")), "a viewer only reads")
    let refusal = Authorisation.refusal(
      Self.actor("cy@acme.com"), .app(.join, "api"), on: Self.state)
    #expect(refusal?.code == .locked && refusal?.message.contains("locked") == true)
  }

  @Test(
    "on a locked app a newcomer sees details and status and nothing else; who was there before keeps what they had"
  )
  func lockedApp() throws {
    let api = try #require(Self.state.apps["api"])
    let newcomer = Authorisation.actions(Self.actor("cy@acme.com"), on: api, of: Self.state)
    #expect(newcomer == [.viewDetails])
    let before = Authorisation.actions(Self.actor("bo@acme.com"), on: api, of: Self.state)
    #expect(before == [.viewDetails, .viewAccess, .deploy])
    var state = Self.state
    state.apply(.grant(app: "api", email: "cy@acme.com", permissions: .deploy))
    let added = Authorisation.actions(
      Self.actor("cy@acme.com"), on: try #require(state.apps["api"]), of: state)
    #expect(added == [.viewDetails, .viewAccess, .deploy], "until added with explicit permissions")
  }

  @Test("everybody may give their own access back; nobody else's")
  func leaving() {
    #expect(Self.may("bo@acme.com", .removeAccess(app: "api", email: "Bo@acme.com")))
    #expect(!Self.may("bo@acme.com", .removeAccess(app: "api", email: "kim@out.example")))
  }

  @Test("a user without an address is refused with the name of the user and the place to mend it")
  func unmapped() {
    let refusal = Authorisation.refusal(Self.actor(nil), .team(.manageMembers), on: Self.state)
    #expect(refusal?.code == .notPermitted)
    #expect(refusal?.message.contains("someone") == true)
    #expect(refusal?.message.contains("actors") == true)
  }

  @Test("members make apps, viewers do not")
  func creating() {
    #expect(Self.may("bo@acme.com", .createApp(app: "new", owner: "")))
    #expect(!Self.may("vi@acme.com", .createApp(app: "new", owner: "")))
    #expect(!Self.may("kim@out.example", .createApp(app: "new", owner: "")))
  }
}
