/// An application that people open through Okta.
public struct OktaApp: Codable, Sendable, Hashable {
  /// What administrators call it.
  public var label: String
  /// The app's id, `0oa…`; by default derived from the label.
  public var id: String
  /// The catalogue key, such as `heroku`.
  public var name: String
  /// `ACTIVE`, `INACTIVE` or `DELETED`.
  public var status: String
  /// How it signs people in, such as `SAML_2_0`.
  public var signOnMode: String
  /// The name or id of its `ACCESS_POLICY`; nil leaves the link out, as Classic does.
  public var accessPolicy: String?
  /// People assigned directly, by login or e-mail address.
  public var users: [AppUser]
  /// Groups assigned, by name or id.
  public var groups: [String]
  /// Properties laid over the vendor's JSON.
  public var raw: JSON?

  /// Makes an active SAML app.
  public init(
    _ label: String, id: String? = nil, name: String = "heroku", signOnMode: String = "SAML_2_0",
    accessPolicy: String? = nil, users: [AppUser] = [], groups: [String] = []
  ) {
    self.label = label
    self.id = id ?? Identifier.okta("0oa", label)
    self.name = name
    status = "ACTIVE"
    self.signOnMode = signOnMode
    self.accessPolicy = accessPolicy
    self.users = users
    self.groups = groups
  }

  /// Reads an app; only `label` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .label),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.name, into: &name)
    try values.read(.status, into: &status)
    try values.read(.signOnMode, into: &signOnMode)
    try values.read(.accessPolicy, into: &accessPolicy)
    try values.read(.users, into: &users)
    try values.read(.groups, into: &groups)
    try values.read(.raw, into: &raw)
  }
}

/// A direct assignment of a person to an app.
public struct AppUser: Codable, Sendable, Hashable, ExpressibleByStringLiteral {
  /// The person, by login, e-mail address or id.
  public var person: String
  /// The assignment's status, such as `ACTIVE` or `STAGED`.
  public var status: String
  /// The name at the app; by default the e-mail address.
  public var userName: String?

  /// Makes an active assignment.
  public init(_ person: String, status: String = "ACTIVE", userName: String? = nil) {
    self.person = person
    self.status = status
    self.userName = userName
  }

  /// Makes an active assignment of the person named.
  public init(stringLiteral person: String) {
    self.init(person)
  }

  /// Reads an assignment, from an object or from the bare login.
  public init(from decoder: any Decoder) throws {
    if let person = try? decoder.singleValueContainer().decode(String.self) {
      self.init(person)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .person))
    try values.read(.status, into: &status)
    try values.read(.userName, into: &userName)
  }
}
