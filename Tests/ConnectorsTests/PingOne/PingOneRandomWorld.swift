/// A random environment of PingOne: what its policies and people say, as far as it decides sign-ins.
struct PingOneRandomWorld: Sendable {
  // MARK: Steps

  /// A condition of a step.
  indirect enum Test: Sendable, Hashable {
    case population(Int), group(Int)
    case office, anonymous, travel
    /// A score of the address in one of some ranges.
    case risk(Int)
    /// No second factor, or no password, in a session younger than one of some times.
    case factor(Int), password(Int)
    case strange
    case not(Test)
    case both(Test, Test)
    case either(Test, Test)
  }

  /// What happens to people without a device.
  enum Mode: String, Sendable, CaseIterable {
    case block = "BLOCK"
    case bypass = "BYPASS"
    case strange = "PERHAPS"
    case notTold
  }

  /// The devices that a step takes.
  enum Devices: Sendable, Hashable {
    /// Those of an MFA policy; of one that is in no list.
    case policy(Int), missing
    /// Those that the step itself names.
    case own
    case notTold
  }

  enum Kind: Sendable, Hashable {
    case login, social(Int)
    /// By name, with a rule that sends some names to a provider.
    case byName(Int?)
    case external(Int?)
    case device(Mode, Devices)
    case pingID, windows
    case consent, strange
  }

  struct Step: Sendable, Hashable {
    var kind: Kind
    var test: Test?
    var isStrange = false
  }

  /// For how long a browser is remembered.
  enum Remembers: Sendable, CaseIterable { case never, hours, month, notTold, strange }

  struct DevicePolicy: Sendable {
    var methods: Set<String>
    var remembers: Remembers
    var isStrange: Bool
  }

  // MARK: People

  enum Bypass: Sendable, Hashable, CaseIterable { case none, granted, flagged, over, strange }

  struct Member: Sendable {
    struct Traits: Sendable, Hashable {
      var population: Int
      var groups: Set<Int>
      /// Nil: not told.
      var isMFAOn: Bool?
      var authority: Int?
      var isLive: Bool
      /// The kinds of live devices.
      var devices: Set<String>
      var bypass: Bypass
      /// Whether rules about names are about this one.
      var hasRuledName: Bool
    }
    var email: String
    var traits: Traits
  }

  // MARK: The environment

  enum Access: Sendable { case everybody, any, all, strange, untold, administrators }
  enum PingIDSays: Sendable, CaseIterable { case nothing, enforced, conditional, none }

  var policies: [[Step]]
  /// The numbers of the policies of the application; none: the first one, which is the default.
  var assigned: [Int]
  var hasFlow: Bool
  var isEnabled: Bool
  var `protocol`: String
  var grants: [String]?
  var access: Access
  var devicePolicies: [DevicePolicy]
  /// What sources behind the identity providers say; nil: nobody reads it.
  var behind: [Asked?]
  var blocksSwitchedOff: Bool
  var pingID: PingIDSays
  var areGroupsRefused: Bool
  var areDevicePoliciesRefused: Bool
  var areDevicesRefused: Bool
  var areBypassesRefused: Bool
  /// The lines of the inventory that are vouched for.
  var vouched: Set<String>
  var people: [Member]
}
