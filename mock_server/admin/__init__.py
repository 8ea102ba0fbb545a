"""The admin interface at `/__admin`, in Flask."""
