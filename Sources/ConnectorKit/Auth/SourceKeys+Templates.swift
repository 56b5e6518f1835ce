package import JSONQuery

extension SourceKeys {
  /// Where something stands.
  package func query(_ key: String) -> JSONQuery? {
    guard let text = string(key) else { return nil }
    do throws(JSONQuery.Malformed) {
      return try JSONQuery(text)
    } catch {
      reject(key, "\"\(text.prefix(80))\": \(error.reason)")
      return nil
    }
  }

  /// Where something must stand.
  package func requiredQuery(_ key: String) -> JSONQuery? {
    if !names.contains(key) { missing(key) }
    return query(key)
  }

  /// A text with variables.
  package func template(_ key: String, allowed: Set<String>) -> Template? {
    string(key).flatMap { template($0, key, allowed) }
  }

  package func template(_ text: String, _ key: String, _ allowed: Set<String>) -> Template? {
    do throws(Template.Malformed) {
      return try Template(text, allowed: allowed)
    } catch {
      reject(key, error.reason)
      return nil
    }
  }

  /// Texts by name, each with variables.
  package func templates(_ key: String, allowed: Set<String>) -> [(name: String, value: Template)] {
    guard let section = mapping(key) else { return [] }
    let result = section.names.compactMap { name in
      section.template(name, allowed: allowed).map { (name: name, value: $0) }
    }
    section.finish()
    return result
  }
}
