extension ConnectorError {
  /// The same failure, on a page of a list; on the first page nothing is added.
  package func onPage(_ page: Int) -> ConnectorError {
    guard page > 1, self.page == nil else { return self }
    return ConnectorError(
      code, source: source, call: call, page: page, status: status, vendorCode: vendorCode,
      message: message, request: request, cause: cause)
  }
}
