internal import ConnectorKit
internal import JSONQuery

extension EntraWire {
  /// Users: what the path over a large directory needs, in the order of ``UserField``.
  static let users = TablePlan([
    .init("id"), .init("userPrincipalName"),
    .init("mail", .string, .optional), .init("accountEnabled", .bool, .optional),
    .init("userType", .string, .optional), .init("externalUserState", .string, .optional),
    .init("creationType", .string, .optional),
  ])

  /// The places of the fields in ``users``.
  enum UserField {
    static let id = 0
    static let name = 1
    static let mail = 2
    static let isEnabled = 3
    static let type = 4
    static let externalState = 5
    static let creation = 6
  }

  /// A group, in the order id, name, visibility, the rule by which people are in it, whether it comes from elsewhere; what
  /// kinds it is of is read apart.
  static let group = TablePlan([
    .init("id"), .init("displayName", .string, .optional), .init("visibility", .string, .nullable),
    .init("membershipRule", .string, .nullable), .init("onPremisesSyncEnabled", .bool, .nullable),
  ])
  static let groupFields =
    "id,displayName,visibility,groupTypes,membershipRule,onPremisesSyncEnabled"

  /// The kinds that a group is of.
  static func groupTypes(_ group: JSONElement) throws(WireError) -> [String] {
    guard let list = try group.member("groupTypes"), list.type == .array else {
      throw WireError.expected(.array, found: .missing, path: "groupTypes")
    }
    var types: [String] = []
    try list.forEach { _, value throws(WireError) in
      guard let type = value.string else {
        throw WireError.expected(.string, found: value.type, path: "groupTypes")
      }
      types.append(type)
    }
    return types
  }

  /// Members of a group: ids only.
  static let ids = TablePlan([.init("id")])

  /// Members of a group, in the order id, what they are.
  static let members = TablePlan([.init("id"), .init("@odata.type", .string, .optional)])

  /// What somebody may activate, in the order id, principal, its type, scope, kind of membership.
  static let eligibilities = TablePlan([
    .init("id", .string, .optional), .init("principalId"),
    .init("principal/@odata.type", .string, .optional),
    .init("directoryScopeId", .string, .optional), .init("accessId", .string, .optional),
  ])

  /// What a role is, in the order id, whether it is built in.
  static let roleDefinition = TablePlan([.init("id"), .init("isBuiltIn", .bool)])

  /// Role assignments, in the order id, principal, scope, principal's type, scope inside an application.
  static let roleAssignments = TablePlan([
    .init("id"), .init("principalId"), .init("directoryScopeId", .string, .nullable),
    .init("principal/@odata.type", .string, .optional),
    .init("appScopeId", .string, .optional),
  ])

  /// Assignments to an application, in the order id, principal, its type.
  static let appAssignments = TablePlan([
    .init("id"), .init("principalId"), .init("principalType"),
  ])

  /// Registered methods, in the order id, registered, kind of account, name; the methods are read apart.
  static let registrations = TablePlan([
    .init("id"), .init("isMfaRegistered", .bool, .optional), .init("userType", .string, .optional),
    .init("userPrincipalName", .string, .optional),
  ])

  /// Further addresses of a user, and whether the row shows all that it could have.
  static func addresses(
    _ user: JSONElement, mail: UnsafeBufferPointer<UInt8>?, name: UnsafeBufferPointer<UInt8>?
  ) throws(WireError) -> (aliases: [String], isWhole: Bool) {
    var found: [String] = []
    var shown = 0
    try user.forEach { key, value throws(WireError) in
      switch key {
      case "mail": shown += 1
      case "proxyAddresses", "otherMails":
        guard value.type != .null else { return }
        guard value.type == .array else {
          throw WireError.expected(.array, found: value.type, path: key)
        }
        shown += 1
        try value.forEach { _, entry throws(WireError) in
          guard let text = entry.string else {
            throw WireError.expected(.string, found: entry.type, path: key)
          }
          if let address = key == "otherMails" ? text : mailbox(text) { found.append(address) }
        }
      default: return
      }
    }
    if let name, let home = homeAddress(String(decoding: name, as: UTF8.self)) {
      found.append(home)
    }
    var known = Set([mail, name].compactMap { $0.map { String(decoding: $0, as: UTF8.self) } })
    known = Set(known.map { $0.lowercased() })
    return (found.filter { known.insert($0.lowercased()).inserted }, shown == 3)
  }

  /// The address of a mailbox: `SMTP:` before the primary one, `smtp:` before others; nil for other kinds.
  private static func mailbox(_ text: String) -> String? {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "smtp" else { return nil }
    return String(parts[1])
  }

  /// The address inside a guest's principal name: `ana_home.example#EXT#@acme.onmicrosoft.com`.
  ///
  /// The last underscore stands for the at sign: domains have none.
  static func homeAddress(_ name: String) -> String? {
    let bytes = Array(name.utf8)
    let mark = Array("#ext#".utf8)
    guard bytes.contains(mark[0]) else { return nil }
    let lower = bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    let starts = lower.indices.dropLast(mark.count - 1)
    guard let end = starts.first(where: { lower[$0...].starts(with: mark) }),
      let dash = lower[..<end].lastIndex(of: UInt8(ascii: "_"))
    else { return nil }
    return String(decoding: bytes[..<dash], as: UTF8.self) + "@"
      + String(decoding: bytes[(dash + 1)..<end], as: UTF8.self)
  }

  /// Where the next page of a list is.
  static let nextLink = TablePlan([.init("@odata.nextLink", .string, .optional)])
}
