/// What somebody may do with one app; raw values are the platform's words.
public enum AppPermission: String, Sendable, Codable, CaseIterable, Hashable {
  /// See details, activity and who has access; everybody with any permission has it.
  case view
  /// Change code and configuration.
  case deploy
  /// Scale and run.
  case operate
  /// Decide who has access to this app, and lock it.
  case manage
}

/// The permissions somebody holds on one app.
public struct PermissionSet: OptionSet, Sendable, Hashable {
  /// A bit for each permission, in the order of ``AppPermission``.
  public let rawValue: UInt8

  /// Makes a set from its bits; unknown ones are dropped.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0b1111
  }

  /// Makes a set of one permission.
  public init(_ permission: AppPermission) {
    switch permission {
    case .view: self = .view
    case .deploy: self = .deploy
    case .operate: self = .operate
    case .manage: self = .manage
    }
  }

  /// See the app.
  public static let view = PermissionSet(rawValue: 1)
  /// Change code and configuration.
  public static let deploy = PermissionSet(rawValue: 2)
  /// Scale and run.
  public static let operate = PermissionSet(rawValue: 4)
  /// Decide who has access.
  public static let manage = PermissionSet(rawValue: 8)
  /// Everything.
  public static let all: PermissionSet = [.view, .deploy, .operate, .manage]
  /// What a member gets who joins an unlocked app.
  public static let joining: PermissionSet = [.view, .deploy, .operate]

  /// The set with `view`, which every permission implies.
  public var withView: PermissionSet { union(.view) }

  /// The permissions, the weakest first.
  public var permissions: [AppPermission] {
    AppPermission.allCases.filter { contains(PermissionSet($0)) }
  }

  /// The platform's words in alphabetical order, as it lists them.
  public var names: [String] { permissions.map(\.rawValue).sorted() }

  /// Reads the platform's words; words it does not know are left out.
  public init(names: some Sequence<String>) {
    self = names.compactMap(AppPermission.init).reduce(into: []) { $0.insert(PermissionSet($1)) }
  }

  /// `deploy, view`; `none` for the empty set.
  public var text: String { isEmpty ? "none" : names.joined(separator: ", ") }
}
