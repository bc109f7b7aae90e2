"""What `make audit` makes of the reports of pip-audit and npm."""

from audit import client_findings, python_findings


def test_faults_are_named_and_what_could_not_be_looked_up_is_counted() -> None:
    report = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]},
            {"name": "b", "version": "1", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]},
            {"name": "c", "skip_reason": "Dependency not found"},
        ]
    }
    told = ["a 1: PYSEC-1, mended in 2", "b 1: PYSEC-2, mended in no version"]
    assert python_findings(report) == (told, 2, 1)
    assert python_findings({}) == ([], 0, 0)


def test_a_client_nobody_answered_for_is_not_a_client_without_faults() -> None:
    assert client_findings({"vulnerabilities": {"x": {"range": "<2", "severity": "high"}}}) == ["x <2: high"]
    assert client_findings({"vulnerabilities": {}}) == []
    assert client_findings({"error": {"code": "ENOAUDIT"}}) is None
