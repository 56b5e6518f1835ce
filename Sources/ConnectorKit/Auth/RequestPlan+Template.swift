package import JSONQuery

extension RequestPlan.Node {
  /// A value of the configuration whose texts may have variables; nil after what is wrong was told.
  package static func template(
    _ value: JSONValue, _ keys: any SourceKeys, allowed: Set<String>
  ) -> RequestPlan.Node? {
    switch value {
    case .string(let text): return keys.template(text, "body", allowed).map { .text($0) }
    case .array(let values):
      return .array(values.compactMap { template($0, keys, allowed: allowed) })
    case .object(let members):
      return .object(members.compactMapValues { template($0, keys, allowed: allowed) })
    default: return .literal(value)
    }
  }
}
