"""The rules of a proposal: who may know of it, what it says, how it is answered, when it may be taken over."""
