"""Review before publishing: the reviewers' role, and a workflow below the catalogues, on or off.

Off is the ordinary state: editors publish. Wagtail's own migrations attach a workflow to all pages, whose group nobody
is in: what an editor submits there waits for ever.
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from bdhvs_content.models import CatalogPage

REVIEWERS = "Người duyệt bài"
WORKFLOW = "Duyệt trước khi xuất bản"
PAGE_RIGHTS = ("change_page", "publish_page", "lock_page", "unlock_page")
# Wagtail's group of moderators, and how `name_in_vietnamese` calls it.
_MODERATORS = ("Moderators", "Người duyệt")


def reviewers() -> Group:
    """Create or update the group "Người duyệt bài" with its permissions: to read, mend, approve and publish pages below
    each catalogue, with the pictures and documents that are there, and to read the questions of quizzes."""
    group, _ = Group.objects.get_or_create(name=REVIEWERS)
    group.permissions.add(
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"),
        *Permission.objects.filter(codename="view_question", content_type__app_label="bdhvs_quiz"),
    )
    rights = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS)
    for page in CatalogPage.objects.all():
        for permission in rights:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(codename__in=("choose_image", "choose_document")):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
    return group


def _workflows() -> QuerySet[Workflow]:
    """Return the workflows in which the reviewers approve, whatever they are called now; those in use first."""
    tasks = GroupApprovalTask.objects.filter(groups__name=REVIEWERS)
    return Workflow.objects.filter(workflow_tasks__task__in=tasks.values("pk")).distinct().order_by("-active", "pk")


def review_is_on() -> bool:
    return WorkflowPage.objects.filter(workflow__in=_workflows().filter(active=True)).exists()


@transaction.atomic
def review_on() -> list[Page]:
    """Set the workflow on each catalogue; return the catalogues that keep another workflow, which somebody attached to
    them."""
    workflow = _workflows().first()
    if workflow is None:
        task = GroupApprovalTask.objects.create(name=WORKFLOW)
        task.groups.add(reviewers())
        workflow = Workflow.objects.create(name=WORKFLOW)
        WorkflowTask.objects.create(workflow=workflow, task=task)
    if not workflow.active:
        workflow.active = True
        workflow.save()
    others = []
    for page in CatalogPage.objects.order_by("path"):
        held = WorkflowPage.objects.filter(page=page).select_related("workflow").first()
        if held is None:
            WorkflowPage.objects.create(workflow=workflow, page=page)
        elif held.workflow not in _workflows():
            others.append(page)
    return others


@transaction.atomic
def review_off() -> None:
    """Stop review: what waits for it is a draft again."""
    for workflow in _workflows().filter(active=True):
        workflow.deactivate()


@transaction.atomic
def idle_workflows_off() -> list[str]:
    """Turn off Wagtail's own workflow where nobody is in its group, and return its name. While something waits in it,
    it stays."""
    ended = []
    for workflow in Workflow.objects.filter(active=True, workflow_pages__page__depth=1):
        tasks = [task.specific for task in workflow.tasks]
        groups = [group for task in tasks if isinstance(task, GroupApprovalTask) for group in task.groups.all()]
        if not tasks or len(groups) != len(tasks) or {group.name for group in groups} - set(_MODERATORS):
            continue
        waiting = WorkflowState.objects.filter(workflow=workflow, status=WorkflowState.STATUS_IN_PROGRESS)
        if waiting.exists() or any(group.user_set.filter(is_active=True).exists() for group in groups):
            continue
        workflow.deactivate()
        ended.append(workflow.name)
    return ended
