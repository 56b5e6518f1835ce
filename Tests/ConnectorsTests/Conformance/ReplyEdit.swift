import MockIdP

/// One place of one reply that says something else, or nothing.
struct ReplyEdit: Sendable, CustomStringConvertible {
  enum Form: String, Sendable, CaseIterable {
    case dropped, nulled
    /// A value of another type: a number for a text and the reverse, `"true"` for true, an object for a list and the reverse.
    case retyped
    /// The value as the only element of a list.
    case listed
    /// A key that the vendor never had, beside those of an object.
    case sibling
    /// An id or a name in the other case.
    case otherCase
    /// A row of a list that is not there.
    case shortened

    /// Whether a place says nothing any more, or nothing that can be read.
    var isDamage: Bool {
      switch self {
      case .dropped, .nulled, .retyped, .listed: true
      case .sibling, .otherCase, .shortened: false
      }
    }
  }

  /// The key of a sibling.
  static let unknownKey = "somethingNew"

  var reply: RecordedReply
  var pointer: JSONPointer
  var form: Form
  /// What the place holds then; nil is nothing.
  var value: JSON?

  /// The place, with `*` for every index of a list: `/response/*/status`.
  var place: String {
    guard reply.body == nil, let element = pointer.steps.first.flatMap(Int.init) else {
      return JSONPointer(steps: pointer.steps.map { Int($0) == nil ? $0 : "*" }).description
    }
    return ([reply.elements[element].path] + pointer.steps.dropFirst()).joined(separator: "/")
  }

  /// The endpoint and the place, as ``ConformanceCase/absences`` names it.
  var name: String { "\(reply.endpoint) \(place)" }

  var fault: Fault {
    Fault(
      reply.vendor, reply.endpoint, .edited, times: nil, text: pointer.description, value: value,
      request: reply.request)
  }

  var description: String {
    "\(reply.endpoint) \(reply.body == nil ? place : pointer.description) \(form.rawValue)"
  }
}
