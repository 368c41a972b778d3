// The customers room replaces this file by the real types.

/// A person among the customers.
package enum Individual {}

/// A company among the customers.
package enum Organization {}
