"""MessageBird's legacy dialect: what it checks, how it answers, lists, signs and calls back."""
