import IdentityCore
import Testing

/// The matrix of roles × permissions × locks, written down a second time and by hand: what the code says must be this.
@Suite("Who may do what: the table of roles, permissions and locks")
struct AccessTableTests {
  /// One row: `d` details, `a` access list, `j` join, `D` deploy, `O` operate, `M` manage access, `L` lock, `R` remove.
  struct Row: Sendable, CustomTestStringConvertible {
    var role: TeamRole
    var permissions: [AppPermission]
    var open: String
    var locked: String
    var lockedBefore: String
    var testDescription: String {
      "\(role.rawValue) with \(permissions.map(\.rawValue).joined(separator: "+"))"
    }
  }

  static let table: [Row] = [
    Row(
      role: .admin, permissions: [], open: "dajDOMLR", locked: "dajDOMLR",
      lockedBefore: "dajDOMLR"),
    Row(
      role: .admin, permissions: [.view], open: "dajDOMLR", locked: "dajDOMLR",
      lockedBefore: "dajDOMLR"),
    Row(role: .member, permissions: [], open: "daj", locked: "da", lockedBefore: "d"),
    Row(role: .member, permissions: [.view], open: "daj", locked: "da", lockedBefore: "da"),
    Row(role: .member, permissions: [.deploy], open: "dajD", locked: "daD", lockedBefore: "daD"),
    Row(role: .member, permissions: [.operate], open: "dajO", locked: "daO", lockedBefore: "daO"),
    Row(
      role: .member, permissions: [.manage], open: "dajMLR", locked: "daMLR", lockedBefore: "daMLR"),
    Row(
      role: .member, permissions: [.view, .deploy, .operate, .manage], open: "dajDOMLR",
      locked: "daDOMLR", lockedBefore: "daDOMLR"),
    Row(role: .viewer, permissions: [], open: "da", locked: "da", lockedBefore: "d"),
    Row(role: .viewer, permissions: [.view], open: "da", locked: "da", lockedBefore: "da"),
    Row(role: .viewer, permissions: [.deploy], open: "da", locked: "da", lockedBefore: "da"),
    Row(role: .viewer, permissions: [.operate], open: "da", locked: "da", lockedBefore: "da"),
    Row(role: .viewer, permissions: [.manage], open: "da", locked: "da", lockedBefore: "da"),
    Row(role: .collaborator, permissions: [], open: "", locked: "", lockedBefore: ""),
    Row(role: .collaborator, permissions: [.view], open: "da", locked: "da", lockedBefore: "da"),
    Row(
      role: .collaborator, permissions: [.deploy], open: "daD", locked: "daD", lockedBefore: "daD"),
    Row(
      role: .collaborator, permissions: [.operate], open: "daO", locked: "daO", lockedBefore: "daO"),
    Row(
      role: .collaborator, permissions: [.manage], open: "daMLR", locked: "daMLR",
      lockedBefore: "daMLR"),
  ]

  static let letters: [Character: AppAction] = [
    "d": .viewDetails, "a": .viewAccess, "j": .join, "D": .deploy, "O": .operate,
    "M": .manageAccess, "L": .lock, "R": .remove,
  ]

  @Test("an app allows exactly what the table says", arguments: table)
  func apps(row: Row) {
    let permissions = row.permissions.reduce(into: PermissionSet()) {
      $0.insert(PermissionSet($1))
    }
    for (lock, letters) in [
      (AppLock.open, row.open), (.locked, row.locked), (.lockedBefore, row.lockedBefore),
    ] {
      let expected = Set(letters.compactMap { Self.letters[$0] })
      #expect(AccessTable.actions(row.role, permissions, lock) == expected, "\(lock.rawValue)")
    }
  }

  @Test("a team allows exactly what the table says")
  func team() {
    let expected: [TeamRole: Set<TeamAction>] = [
      .admin: [.listMembers, .manageMembers, .listApps, .createApp],
      .member: [.listMembers, .listApps, .createApp], .viewer: [.listMembers, .listApps],
      .collaborator: [],
    ]
    #expect(AccessTable.team == expected)
  }

  @Test("every role, permission and lock has its row, and only once")
  func isWhole() {
    for role in TeamRole.allCases {
      let wanted: [AppPermission?] =
        role == .admin ? [nil] : [nil] + AppPermission.allCases.map { $0 }
      for permission in wanted {
        let rows = AccessTable.apps.filter { $0.role == role && $0.permission == permission }
        #expect(rows.count == 1, "\(role.rawValue) \(permission?.rawValue ?? "alone")")
      }
    }
  }
}
