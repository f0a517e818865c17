from auditor.tenant.dataset import DATASETS, with_prerequisites


def test_prerequisites_come_first() -> None:
    assert with_prerequisites(["directory_objects", "sign_in_page"]) == (
        "organization",
        "sign_in_page",
        "policies",
        "directory_objects",
    )


def test_the_table_is_in_an_order_that_can_be_read() -> None:
    order = list(DATASETS)
    for dataset in DATASETS.values():
        assert all(order.index(name) < order.index(dataset.name) for name in dataset.after)


def test_what_needs_a_permission_says_so() -> None:
    assert DATASETS["sign_ins"].remedy == "Grant the application permission AuditLog.Read.All and consent to it."
    assert "or Directory.Read.All" in DATASETS["organization"].remedy
    assert DATASETS["sign_in_page"].remedy == ""
