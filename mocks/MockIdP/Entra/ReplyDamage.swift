internal import Synchronization

/// Takes one field out of one reply, or makes it null, and notes which fields the replies have.
///
/// For tests that damage every field of every page, one at a time: the first reading notes, every further one is damaged.
public final class ReplyDamage: Sendable {
  /// A member of an object somewhere in a reply.
  public struct Field: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The path and query that were asked for.
    public var request: String
    /// The names and positions on the way to the member, the member's own name last.
    public var path: [String]

    /// Names a member.
    public init(request: String, path: [String]) {
      self.request = request
      self.path = path
    }

    /// The names alone, positions left out: `value.conditions.locations`.
    public var names: String { path.filter { Int($0) == nil }.joined(separator: ".") }
    /// Where it is, for messages.
    public var description: String { "\(request) \(path.joined(separator: "."))" }

    /// By request, then by path.
    public static func < (one: Field, other: Field) -> Bool {
      one.request == other.request
        ? one.path.lexicographicallyPrecedes(other.path) : one.request < other.request
    }
  }

  /// What is done to a field.
  public enum Kind: String, Sendable, CaseIterable {
    case missing, null
  }

  private struct State {
    var seen: [Field: JSON] = [:]
    var armed: (field: Field, kind: Kind)?
    var hits = 0
  }

  private let state = Mutex(State())

  /// Makes a damage that notes and does nothing yet.
  public init() {}

  /// All fields of the replies so far with their values, in order.
  public var fields: [(field: Field, value: JSON)] {
    state.withLock { $0.seen }.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }

  /// How many replies were damaged since the damage was chosen.
  public var hits: Int { state.withLock { $0.hits } }

  /// Chooses what to damage from now on; nil ends it.
  public func arm(_ field: Field?, _ kind: Kind = .missing) {
    state.withLock {
      $0.armed = field.map { ($0, kind) }
      $0.hits = 0
    }
  }

  /// Notes the fields of a reply, or damages it.
  func apply(to reply: inout Reply, of call: Call) {
    guard reply.status == 200, let document = try? JSON(parsing: reply.body) else { return }
    let request = call.query.isEmpty ? call.path : "\(call.path)?\(call.query)"
    let damaged = state.withLock { state -> JSON? in
      guard let armed = state.armed else {
        Self.note(document, [], request, &state.seen)
        return nil
      }
      guard armed.field.request == request else { return nil }
      state.hits += 1
      return Self.damaged(document, armed.field.path[...], armed.kind)
    }
    if let damaged { reply.body = damaged.bytes }
  }

  private static func note(
    _ value: JSON, _ path: [String], _ request: String, _ seen: inout [Field: JSON]
  ) {
    switch value {
    case .object(let members):
      for (name, inner) in members {
        let path = path + [name]
        seen[Field(request: request, path: path)] = inner
        // What a part of a batch holds is noted as a reply of its own.
        if request.hasSuffix("$batch"), name == "body" { continue }
        note(inner, path, request, &seen)
      }
    case .array(let elements):
      for (index, inner) in elements.enumerated() {
        note(inner, path + [String(index)], request, &seen)
      }
    default: break
    }
  }

  private static func damaged(_ value: JSON, _ path: ArraySlice<String>, _ kind: Kind) -> JSON {
    guard let key = path.first else { return value }
    switch value {
    case .object(var members):
      if path.count > 1 {
        members[key] = members[key].map { damaged($0, path.dropFirst(), kind) }
      } else {
        members[key] = kind == .null ? .null : nil
      }
      return .object(members)
    case .array(var elements):
      guard let index = Int(key), elements.indices.contains(index) else { return value }
      elements[index] = damaged(elements[index], path.dropFirst(), kind)
      return .array(elements)
    default: return value
    }
  }
}
