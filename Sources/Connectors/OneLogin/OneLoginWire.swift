internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

/// OneLogin's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum OneLoginWire {
  /// Lists of version 2: the cursor and, where the account counts, the total stand in headers.
  static let list = ListShape(
    .cursorHeader(parameter: "cursor", header: "After-Cursor"), total: .header("Total-Count"))

  /// Lists of version 1: the cursor stands beside the rows.
  static let groups = ListShape(
    .cursor(parameter: "after_cursor") { response in
      try JSONReader().value(response.body)
        .required("pagination", .object) { $0.object == nil ? nil : $0 }
        .optional("after_cursor", .string, \.string)
    }, rows: .omissible("data"))

  /// The parts of a user that are asked for.
  static let userFields = "id,email,username,status,state,group_id,trusted_idp_id"

  /// Users, in the order of ``UserField``.
  static let users = TablePlan([
    .init("id", .integer), .init("email", .string, .optional),
    .init("username", .string, .optional), .init("status", .integer), .init("state", .integer),
    // Null where there is none; one that is missing was kept back.
    .init("group_id", .integer, .nullable), .init("trusted_idp_id", .integer, .nullable),
  ])

  /// The places of the fields in ``users``.
  enum UserField {
    static let id = 0
    static let email = 1
    static let login = 2
    static let status = 3
    static let state = 4
    static let group = 5
    static let trustedProvider = 6
  }

  /// Users of an application: ids only.
  static let ids = TablePlan([.init("id", .integer)])

  /// An application.
  struct App: Sendable, Hashable {
    var id: Int64
    var name: String
    /// The security policy before it; nil for none of its own.
    var policy: Int64?
    /// Whether it is told which one that is.
    var isPolicyTold: Bool

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .integer, \.integer)
      name = try json.optional("name", .string, \.string) ?? String(id)
      policy = try json.optional("policy_id", .integer, \.integer)
      isPolicyTold = json.object?["policy_id"] != nil
    }
  }

  /// A group.
  struct Group: Sendable, Hashable {
    var id: Int64
    var name: String?

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .integer, \.integer)
      name = try json.optional("name", .string, \.string)
    }
  }

  /// An enrolled device.
  struct Device: Sendable, Hashable {
    var factor: String

    init(_ json: JSONValue) throws(WireError) {
      factor = try json.optional("auth_factor_name", .string, \.string) ?? ""
    }
  }

  /// The names of a user's status.
  static let statuses: [Int64: String] = [
    0: "unactivated", 1: "active", 2: "suspended", 3: "locked", 4: "password expired",
    5: "awaiting reset", 7: "password pending", 8: "security questions",
  ]
}
