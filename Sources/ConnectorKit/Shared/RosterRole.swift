package import IdentityCore

extension Role {
  /// The role that a word of a roster means: the usual words for an administrator are one, any other word stays itself.
  package init(word: String) {
    let text = RosterAddress.trimmed(word).lowercased()
    let letters = text.filter { $0.isLetter || $0.isNumber }
    switch letters {
    case "admin", "admins", "administrator", "administrators", "superadmin", "superadministrator",
      "orgadmin", "organisationadmin", "organizationadmin", "organisationadministrator",
      "organizationadministrator", "accountadmin", "accountadministrator", "teamadmin", "siteadmin",
      "siteadministrator", "globaladmin", "globaladministrator", "sysadmin", "systemadministrator":
      self = .admin
    case "owner", "owners", "orgowner", "organizationowner", "organisationowner", "accountowner",
      "teamowner":
      self = Role(rawValue: "owner")
    default: self = Role(rawValue: text)
    }
  }

  /// How much a role may do, for one person in several rows: the strongest counts.
  package var rank: Int {
    switch self {
    case _ where isAdministrator: 4
    case .member: 2
    case .viewer: 1
    case .collaborator, .none: 0
    default: 3
    }
  }
}
