/// Okta's JSON for people, groups, apps and assignments; null properties are left out.
enum OktaShapes {
  /// Which properties of users the caller wants: `fields=id,status,profile:(login,email)`.
  struct Fields: Sendable {
    private let names: [String: Set<String>?]

    /// Reads the parameter; nil when there is none, which means all.
    init?(_ text: String?) {
      guard let text else { return nil }
      var names: [String: Set<String>?] = [:]
      var rest = Substring(text)
      while !rest.isEmpty {
        let name = rest.prefix { $0 != "," && $0 != ":" }
        rest = rest.dropFirst(name.count)
        var inner: Set<String>?
        if rest.hasPrefix(":(") {
          let list = rest.dropFirst(2).prefix { $0 != ")" }
          inner = Set(list.split(separator: ",").map { $0.trimmingSpaces })
          rest = rest.dropFirst(list.count + 3)
        }
        names[name.trimmingSpaces] = .some(inner)
        rest = rest.dropFirst(rest.hasPrefix(",") ? 1 : 0)
      }
      self.names = names
    }

    /// The part of a user that was asked for.
    func trim(_ user: JSON) -> JSON {
      var kept: [String: JSON] = [:]
      for (name, inner) in names {
        guard let value = user[name] else { continue }
        if let inner, let properties = value.properties {
          kept[name] = .object(properties.filter { inner.contains($0.key) })
        } else {
          kept[name] = value
        }
      }
      return .object(kept)
    }
  }

  /// Writes one user.
  static func write(_ person: Person, baseURL: String, to json: inout JSONWriter) {
    if let raw = person.raw {
      var plain = person
      plain.raw = nil
      var writer = JSONWriter()
      write(plain, baseURL: baseURL, to: &writer)
      json.value(((try? JSON(parsing: writer.bytes)) ?? .object([:])).merging(raw))
      return
    }
    json.beginObject()
    json.field("id", person.id)
    json.field("status", person.status)
    json.field("created", "2024-01-15T09:00:00.000Z")
    json.field("activated", "2024-01-15T09:00:00.000Z")
    json.field("statusChanged", "2024-01-15T09:05:00.000Z")
    json.field("lastLogin", "2026-04-30T07:30:00.000Z")
    json.field("lastUpdated", person.lastUpdated)
    json.field("passwordChanged", "2025-11-03T10:00:00.000Z")
    json.key("type")
    json.beginObject()
    json.field("id", person.userType)
    json.endObject()
    json.key("profile")
    json.beginObject()
    let space = person.name.lastIndex(of: " ")
    if !person.name.isEmpty {
      json.field("firstName", space.map { String(person.name[..<$0]) } ?? person.name)
      if let space {
        json.field("lastName", String(person.name[person.name.index(after: space)...]))
      }
    }
    json.field("login", person.login)
    json.field("email", person.email)
    json.endObject()
    json.key("credentials")
    json.beginObject()
    json.key("password")
    json.raw("{}")
    json.key("emails")
    json.beginArray()
    json.beginObject()
    json.field("value", person.email)
    json.field("status", "VERIFIED")
    json.field("type", "PRIMARY")
    json.endObject()
    json.endArray()
    json.key("provider")
    json.beginObject()
    json.field("type", person.provider)
    json.field("name", person.provider == "OKTA" ? "OKTA" : "acme.example")
    json.endObject()
    json.endObject()
    writeLinks(["self": "\(baseURL)/api/v1/users/\(person.id)"], to: &json)
    json.endObject()
  }

  private static func writeLinks(
    _ links: KeyValuePairs<StaticString, String>, to json: inout JSONWriter
  ) {
    json.key("_links")
    json.beginObject()
    for (name, href) in links {
      json.key(name)
      json.beginObject()
      json.field("href", href)
      json.endObject()
    }
    json.endObject()
  }

  /// One user as a value.
  static func user(_ person: Person, baseURL: String) -> JSON {
    var writer = JSONWriter()
    write(person, baseURL: baseURL, to: &writer)
    return (try? JSON(parsing: writer.bytes)) ?? .null
  }

  /// Writes one app user.
  /// - Parameters:
  ///   - assignment: the direct assignment; nil when a group gives the app.
  ///   - expandsUser: whether the user is embedded.
  static func write(
    _ person: Person, assignment: AppUser?, group: Group?, app: OktaApp, baseURL: String,
    expandsUser: Bool, to json: inout JSONWriter
  ) {
    json.beginObject()
    json.field("id", person.id)
    json.field("created", "2025-02-01T09:00:00.000Z")
    json.field("lastUpdated", "2026-05-01T09:00:00.000Z")
    json.field("scope", assignment == nil ? "GROUP" : "USER")
    json.field("status", assignment?.status ?? "ACTIVE")
    json.field("statusChanged", "2025-02-01T09:00:00.000Z")
    json.field("syncState", "DISABLED")
    json.key("credentials")
    json.beginObject()
    json.field("userName", assignment?.userName ?? person.email)
    json.endObject()
    json.key("profile")
    json.raw("{}")
    let user = "\(baseURL)/api/v1/users/\(person.id)"
    let own = "\(baseURL)/api/v1/apps/\(app.id)"
    if assignment == nil, let group {
      writeLinks(
        ["app": own, "group": "\(baseURL)/api/v1/groups/\(group.id)", "user": user], to: &json)
    } else {
      writeLinks(["app": own, "user": user], to: &json)
    }
    if expandsUser {
      json.key("_embedded")
      json.beginObject()
      json.key("user")
      write(person, baseURL: baseURL, to: &json)
      json.endObject()
    }
    json.endObject()
  }

  static func group(_ group: Group, baseURL: String) -> JSON {
    let own = "\(baseURL)/api/v1/groups/\(group.id)"
    return [
      "id": .string(group.id), "type": .string(group.type), "objectClass": ["okta:user_group"],
      "created": "2024-01-01T00:00:00.000Z", "lastUpdated": "2024-01-01T00:00:00.000Z",
      "lastMembershipUpdated": .string(group.lastMembershipUpdated),
      "profile": ["name": .string(group.name), "description": .string(group.name)],
      "_links": [
        "users": ["href": .string(own + "/users")], "apps": ["href": .string(own + "/apps")],
      ],
    ]
  }

  static func app(_ app: OktaApp, _ context: OktaAPI.Context) -> JSON {
    let own = "\(context.baseURL)/api/v1/apps/\(app.id)"
    var links: [String: JSON] = [
      "self": ["href": .string(own)], "users": ["href": .string(own + "/users")],
      "groups": ["href": .string(own + "/groups")],
    ]
    if !context.isClassic, let key = app.accessPolicy {
      let id = context.organisation.policy(key)?.id ?? key
      links["accessPolicy"] = ["href": .string("\(context.baseURL)/api/v1/policies/\(id)")]
    }
    let shape: JSON = [
      "id": .string(app.id), "name": .string(app.name), "label": .string(app.label),
      "status": .string(app.status), "signOnMode": .string(app.signOnMode),
      "created": "2024-02-01T09:00:00.000Z", "lastUpdated": "2026-05-01T09:00:00.000Z",
      "features": [],
      "visibility": ["autoSubmitToolbar": false, "hide": ["iOS": false, "web": false]],
      "accessibility": ["selfService": false], "settings": ["app": [:]], "_links": .object(links),
    ]
    return shape.merging(app.raw)
  }
}
