/// How people get into a group, and out of it, without anybody's leave.
///
/// - SeeAlso: <https://learn.microsoft.com/graph/api/resources/group#group-visibility-options>,
///   <https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership>
enum EntraGroupEntry: Sendable, Hashable {
  /// They do not: an owner, an administrator or another directory decides.
  case closed
  /// Whenever they like.
  case open
  /// Nobody can tell, and why.
  case unclear(String)

  /// - Parameter types: `groupTypes`; nil where they are not shown.
  init(visibility: String?, types: [String]?, rule: String?, isSynchronised: Bool) {
    if isSynchronised {
      self = .closed
    } else if types?.contains("DynamicMembership") == true {
      self = rule.map(Self.init(rule:)) ?? .unclear("its rule is not shown")
    } else {
      switch visibility {
      case "Public": self = .open
      case "Private", "HiddenMembership": self = .closed
      // A security group is private unless it says otherwise. What a Microsoft 365 group is that says nothing is not documented.
      case nil where types?.contains("Unified") == false: self = .closed
      case nil: self = .unclear("it does not say who may join it")
      case let word?: self = .unclear("its visibility is \(word.prefix(40))")
      }
    }
  }

  // MARK: Rules

  /// What people may always change about themselves.
  /// - SeeAlso: <https://learn.microsoft.com/entra/fundamentals/users-default-permissions>
  private static let own: Set<String> = ["mobile"]

  /// What administrators and other directories say of people.
  ///
  /// Whether people may edit what is not here, the tenant's own attributes among it, is not documented.
  private static let administered: Set<String> = Set(
    [
      "accountenabled", "assignedplans", "city", "companyname", "country", "createddatetime",
      "department", "dirsyncenabled", "displayname", "employeehiredate", "employeeid", "givenname",
      "isserviceaccount", "jobtitle", "mail", "mailnickname", "manager", "objectid",
      "onpremisesdistinguishedname", "onpremisessecurityidentifier", "passwordpolicies",
      "physicaldeliveryofficename", "postalcode", "proxyaddresses", "sipproxyaddress", "state",
      "streetaddress", "surname", "usagelocation", "userprincipalname", "usertype",
    ] + (1...15).map { "extensionattribute\($0)" })

  private init(rule: String) {
    let names = Self.attributes(of: rule)
    if !names.isDisjoint(with: Self.own) {
      self = .open
    } else if let strange = names.subtracting(Self.administered).min() {
      self = .unclear("its rule asks for \(strange.prefix(80)), which people may be able to edit")
    } else {
      self = names.isEmpty ? .unclear("its rule asks for nothing that is known") : .closed
    }
  }

  /// The attributes of people that a rule names, in lower case: the words behind `user.`.
  private static func attributes(of rule: String) -> Set<String> {
    var names: Set<String> = []
    var words = rule.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "_" }[
      ...]
    while let word = words.popFirst() {
      guard word.hasPrefix("user.") else { continue }
      names.insert(String(word.dropFirst("user.".count).prefix { $0 != "." }))
    }
    return names
  }
}

extension EntraGroupEntry {
  /// A group that could not be read.
  static let unread = EntraGroupEntry.unclear("the group cannot be read")
  /// What makes it clear.
  static let remedy =
    "let the application read the group, make it private, and let its rule ask for what administrators say of people"
}
